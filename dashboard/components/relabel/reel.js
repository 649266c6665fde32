/* The faces behind and ahead of the one on screen, with their pictures loaded and decoded. */

const WANTED_AHEAD = 24
const LOW_AHEAD = 14
const KEPT_BEHIND = 200
const KEPT_PICTURES = 80
const RENEW_MS = 60000 // the server holds faces for this annotator for two minutes
const STALE_MS = 110000
const IDLE_MS = 600000

class Reel {
  /* `load(ask)` resolves to faces; `address(id)` is where a face's bytes are. */
  constructor({ load, address, onChange }) {
    Object.assign(this, { load, address, onChange })
    this.pictures = new Map()
    this.movedAt = Date.now()
    this.renewing = setInterval(() => this.renew(), RENEW_MS)
    this.reset()
  }

  close() {
    clearInterval(this.renewing)
  }

  reset() {
    this.faces = []
    this.at = 0
    this.hasEnded = false
    this.isLoading = false
    this.generation = (this.generation ?? 0) + 1
  }

  get face() {
    return this.faces[this.at]
  }

  async start(imageId) {
    this.reset()
    await this.fetchMore(imageId === null ? {} : { at: imageId })
  }

  async fetchMore(ask) {
    const generation = this.generation
    this.isLoading = true
    const found = await this.load({ want: WANTED_AHEAD, ...ask })
    if (generation !== this.generation) return
    this.isLoading = false
    if (!found) return
    if (ask.isRenewal) this.faces.length = Math.min(this.faces.length, this.at + 1)
    this.loadedAt = Date.now()
    const known = new Set(this.faces.map(face => face.id))
    const added = found.filter(face => !known.has(face.id)).map(face => ({ ...face, isQueued: true }))
    this.hasEnded = added.length === 0
    this.faces.push(...added)
    this.prepare()
    this.onChange()
  }

  /* Ask again for the faces ahead while somebody is at work: the server then keeps holding them. */
  renew() {
    const isIdle = document.hidden || Date.now() - this.movedAt > IDLE_MS
    const from = this.faces.slice(0, this.at + 1).findLast(face => face.isQueued)
    if (!isIdle && !this.isLoading && from) this.fetchMore({ after: from.id, isRenewal: true })
  }

  /* Drop the faces ahead that were held too long ago: somebody else may have them by now. */
  dropStale() {
    if (this.isLoading || Date.now() - this.loadedAt < STALE_MS) return
    this.faces.length = Math.min(this.faces.length, this.at + 1)
  }

  /* Load pictures ahead and more faces where they run low. */
  prepare() {
    const first = Math.max(0, this.at - 2)
    this.faces.slice(first, this.at + WANTED_AHEAD).forEach(face => this.picture(face.id))
    for (const id of this.pictures.keys()) {
      if (this.pictures.size <= KEPT_PICTURES) break
      if (id !== this.face?.id) this.pictures.delete(id)
    }
    const ahead = this.faces.length - this.at - 1
    const last = this.faces.findLast(face => face.isQueued)
    if (ahead < LOW_AHEAD && !this.isLoading && !this.hasEnded && last) {
      this.fetchMore({ after: last.id })
    }
  }

  picture(id) {
    const known = this.pictures.get(id)
    if (known) return known
    const picture = new Image()
    picture.decoding = "sync"
    picture.src = this.address(id)
    picture.decode().catch(() => { picture.dataset.failed = "true" }).finally(() => this.onPicture?.(id))
    this.pictures.set(id, picture)
    return picture
  }

  move(step) {
    this.movedAt = Date.now()
    if (step > 0) this.dropStale()
    this.at = Math.min(Math.max(0, this.at + step), this.faces.length)
    if (this.at > KEPT_BEHIND) {
      this.faces.splice(0, this.at - KEPT_BEHIND)
      this.at = KEPT_BEHIND
    }
    this.prepare()
  }

  /* Show a face, wherever it is: in the reel, or put in at this place. */
  goTo(face) {
    const place = this.faces.findIndex(one => one.id === face.id)
    if (place >= 0) this.at = place
    else this.faces.splice(this.at, 0, face)
    this.prepare()
  }

  update(face) {
    this.faces.forEach(one => { if (one.id === face.id) Object.assign(one, face) })
  }
}

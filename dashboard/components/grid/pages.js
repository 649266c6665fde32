/* Pages of faces as the server gives them: what is known of each, and one picture of all. */

const RETRY_MS = 1500

class Pages {
  /* `onPage(page)` gets a page whose picture is decoded, `onTrouble(words, { isLost, isOver })` what is wrong. */
  constructor({ onPage, onTrouble }) {
    Object.assign(this, { onPage, onTrouble })
    this.generation = 0
  }

  close() {
    this.generation += 1
    this.forget(this.picture)
  }

  /* Only the newest request counts; one that fails on the way is made again. */
  async load(permission, query, page) {
    const generation = (this.generation += 1)
    for (;;) {
      const found = await this.fetch(permission, query, page).catch(error => ({ error: String(error), isLost: true }))
      if (generation !== this.generation) return this.forget(found.picture)
      if (!found.error) return this.show(found)
      this.onTrouble(found.isLost ? "The server does not answer; trying again." : found.error, found)
      if (!found.isLost) return
      await new Promise(done => setTimeout(done, RETRY_MS))
      if (generation !== this.generation) return
    }
  }

  show(found) {
    const before = this.picture
    this.picture = found.picture
    this.onPage(found)
    this.forget(before)
  }

  async fetch(permission, query, page) {
    const answer = await fetch("/api/grid/page", {
      method: "POST",
      headers: { "content-type": "application/json", "x-feelingit-permission": permission },
      body: JSON.stringify({ queue: query, page }),
    })
    if (!answer.ok) {
      const words = await answer.json().catch(() => ({}))
      if (answer.status >= 500 || !words.error) throw new Error(`answer ${answer.status}`)
      return { error: words.error, isLost: false, isOver: answer.status === 401 }
    }
    const bytes = await answer.arrayBuffer()
    const length = new DataView(bytes).getUint32(0)
    const document = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)))
    return { ...document, picture: await this.decoded(bytes.slice(4 + length)) }
  }

  /* A short address for the picture: as a data URL it would be read anew for each of 200 faces. */
  async decoded(bytes) {
    const picture = new Image()
    picture.src = URL.createObjectURL(new Blob([bytes], { type: "image/bmp" }))
    await picture.decode()
    return picture
  }

  forget(picture) {
    if (picture) URL.revokeObjectURL(picture.src)
  }
}

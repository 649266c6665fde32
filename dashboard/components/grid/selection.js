/* Which faces of a queue are selected, by id; knows nothing of the page it is shown on. */

class Selection {
  constructor() {
    this.ids = new Set()
    this.anchor = 0
    this.everything = false // the whole queue, pages that are not shown included
  }

  toggle(faces, place) {
    const id = faces[place].id
    if (this.everything) this.reset(faces)
    if (!this.ids.delete(id)) this.ids.add(id)
    this.anchor = place
  }

  /* Select from the last toggled face to this one. */
  range(faces, place) {
    const [first, last] = [Math.min(this.anchor, place), Math.max(this.anchor, place)]
    for (const face of faces.slice(first, last + 1)) this.ids.add(face.id)
  }

  page(faces) {
    for (const face of faces) this.ids.add(face.id)
  }

  reset(faces) {
    this.everything = false
    this.ids = new Set(faces.map(face => face.id))
  }

  clear() {
    this.ids.clear()
    this.everything = false
  }

  has(id) {
    return this.everything || this.ids.has(id)
  }

  /* Faces that left the page are not acted on unseen. */
  keep(faces) {
    const here = new Set(faces.map(face => face.id))
    this.ids = new Set([...this.ids].filter(id => here.has(id)))
    this.anchor = Math.min(this.anchor, Math.max(0, faces.length - 1))
  }

  size(total) {
    return this.everything ? total : this.ids.size
  }
}

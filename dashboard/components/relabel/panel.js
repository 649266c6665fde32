/* What is known about the face on screen: written as text, never as HTML. */

const DETAILS_AFTER_MS = 180
const KEPT_DETAILS = 60

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value
    else if (name === "style") element.style.cssText = value
    else if (name.startsWith("on")) element[name] = value
    else element.setAttribute(name, value)
  }
  element.append(...children)
  return element
}

class Panel {
  /* `load(id)` resolves to details; `open(face)` shows another face. `onKnown(face)` is told
     what the server says of a face now. */
  constructor(root, { load, address, open, onKnown }) {
    Object.assign(this, { root, load, address, open, onKnown })
    this.known = new Map()
  }

  part(name) {
    return this.root.querySelector(`[data-part=${name}]`)
  }

  titled(emotion) {
    return this.titles[emotion] ?? emotion
  }

  show(face, data) {
    this.titles = Object.fromEntries(data.emotions.map(one => [one.name, one.title]))
    this.isBlind = data.blind
    this.facts(face)
    if (this.shown === face?.id && this.known.has(face?.id)) return
    this.shown = face?.id
    clearTimeout(this.timer)
    const details = this.known.get(face?.id)
    this.details(details)
    if (face && !details) this.timer = setTimeout(() => this.fetch(face.id), DETAILS_AFTER_MS)
  }

  facts(face) {
    const list = this.part("facts")
    list.replaceChildren()
    if (!face) return
    const fact = (name, value, kind = "") =>
      list.append(make("dt", { text: name }), make("dd", { text: value, class: kind }))
    if (face.label) {
      fact("Label now", this.titled(face.label), face.label === face.original ? "" : "changed")
      fact("As imported", this.titled(face.original))
    }
    if (face.state === "dropped") fact("State", `Dropped${face.reason ? `: ${face.reason}` : ""}`)
    fact("Split", face.split)
    if (face.path) fact("Source", face.path, "path")
    fact("Face", `${face.id}, ${face.width} x ${face.height} px`)
  }

  async fetch(id) {
    const details = await this.load(id)
    if (!details) return
    this.known.set(id, details)
    this.onKnown(details.face)
    if (this.known.size > KEPT_DETAILS) this.known.delete(this.known.keys().next().value)
    if (this.shown === id) this.details(details)
  }

  /* Forget what was known of a face, because a press changed it. */
  forget(id) {
    this.known.delete(id)
    if (this.shown === id) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.fetch(id), DETAILS_AFTER_MS)
    }
  }

  details(details) {
    this.root.dataset.loaded = details ? "true" : "false"
    const rows = details ?? { twins: [], look_alikes: [], events: [], prediction: null, issue: null }
    this.faces("twins", rows.twins, () => "")
    this.faces("look-alikes", rows.look_alikes, face => `${face.distance} bits`)
    this.issue(rows.issue)
    this.prediction(rows.prediction)
    this.events(rows.events)
  }

  section(name, isFilled) {
    this.part(name).closest("section").hidden = !isFilled
    return this.part(name)
  }

  faces(name, faces, note) {
    const row = this.section(name, faces.length > 0)
    row.replaceChildren(...faces.map(face => this.thumbnail(face, note(face))))
  }

  thumbnail(face, note) {
    const label = face.state === "dropped" ? "dropped" : face.label ? this.titled(face.label) : ""
    const words = [label, note].filter(Boolean).join(", ")
    const picture = make("img", { src: this.address(face.id), alt: "", width: 48, height: 48 })
    return make("button", {
      type: "button", class: "thumb", title: `Show face ${face.id}`,
      "aria-label": `Show face ${face.id} ${words}`, onclick: () => this.open(face),
    }, picture, make("span", { text: words || `${face.split}` }))
  }

  /* How well the label fits, from the search for label issues: 0 surely wrong to 1 surely right. */
  issue(found) {
    const row = this.section("issue", found !== null)
    if (!found) return
    const words = found.doubted ? `not ${found.label}` : "as labeled"
    row.replaceChildren(
      make("b", { text: found.score.toFixed(3) }), `: taken for ${found.taken_for}, ${words}`)
  }

  prediction(found) {
    const row = this.section("prediction", found !== null)
    if (!found) return
    row.replaceChildren(...found.shares.flatMap(share => [
      make("span", { text: share.title, class: share.emotion === found.predicted ? "top" : "" }),
      make("span", { class: "bar" }, make("i", { style: `width:${100 * share.share}%` })),
      make("span", { text: `${(100 * share.share).toFixed(0)} %`, class: "share" }),
    ]))
  }

  events(events) {
    const row = this.section("events", events.length > 0)
    row.replaceChildren(...events.map(event =>
      make("li", {}, make("b", { text: event.who }), ` ${event.did} `, make("span", { text: event.when }))))
  }
}

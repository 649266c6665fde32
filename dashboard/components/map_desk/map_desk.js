/* Points, discs and regions on the canonical face, one drawing an emotion; all of it by key too. */

const mounted = new WeakMap()
const SVG = "http://www.w3.org/2000/svg"
const POINT_RADIUS = 0.05, MOST = 100, STEP = 0.02
const HINTS = {
  point: "Press where it matters. By key: arrows move, Enter sets a point.",
  disc: "Press in the middle and drag to the edge. By key: Enter in the middle, then Enter at the edge.",
  region: "Press each corner, then the first one again (or Enter twice at one place) to close it. Escape drops it.",
}
const shape = (name, attributes) => {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  return made
}
const round = value => Number(value.toFixed(4))
const inside = value => Math.min(1, Math.max(0, value))
const apart = ([a, b], [c, d]) => Math.hypot(a - c, b - d)

class Desk {
  constructor(root) {
    this.root = root
    this.find = name => root.querySelector(name)
    Object.assign(this, { tool: "point", open: [], at: [0.5, 0.5], drawn: {}, emotion: null })
    const face = this.find(".face")
    face.addEventListener("pointerdown", event => this.down(event))
    face.addEventListener("pointermove", event => this.move(event))
    face.addEventListener("pointerup", event => this.up(event))
    face.addEventListener("keydown", event => this.key(event))
    root.querySelectorAll("[data-tool]").forEach(button => button.addEventListener("click", () => this.take(button.dataset.tool)))
    this.find(".clear").addEventListener("click", () => { this.drawn[this.emotion] = []; this.changed("All removed.") })
    this.take("point")
  }

  update(data, send) {
    this.send = send
    if (data.version !== this.version) {
      this.version = data.version
      this.drawn = {}
    }
    this.emotions = data.emotions
    this.emotion ??= data.emotions[0].name
    if (!this.find(".lines").childElementCount)
      data.lines.forEach(({ points, closed }) => this.find(".lines").append(shape(closed ? "polygon" : "polyline", { points: points.map(p => p.join()).join(" ") })))
    this.pictures = data.pictures
    this.paint()
  }

  get regions() { return (this.drawn[this.emotion] ??= []) }

  take(tool) {
    this.tool = tool
    this.open = []
    this.find(".hint").textContent = HINTS[tool]
    this.root.querySelectorAll("[data-tool]").forEach(button => button.setAttribute("aria-checked", String(button.dataset.tool === tool)))
    if (this.emotion) this.paint()
  }

  place(event) {
    const box = this.find(".face").getBoundingClientRect()
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)]
  }

  down(event) {
    if (event.button) return
    event.preventDefault()
    this.find(".face").focus({ preventScroll: true })
    this.at = this.place(event)
    if (this.tool === "disc") {
      this.open = [this.at]
      this.find(".face").setPointerCapture(event.pointerId)
    } else this.set()
  }

  move(event) {
    if (this.tool !== "disc" || !this.open.length || !event.buttons) return
    this.at = this.place(event)
    this.pending()
  }

  up(event) {
    if (this.tool !== "disc" || !this.open.length) return
    this.at = this.place(event)
    this.set()
  }

  /* What a press or Enter does where the cross is. */
  set() {
    const { at, open } = this
    if (this.tool === "point") return this.add({ kind: "disc", centre: at, radius: POINT_RADIUS })
    if (this.tool === "disc") {
      if (!open.length) return this.begin(at)
      const radius = Math.min(1, Math.max(apart(open[0], at), 0.01))
      return this.add({ kind: "disc", centre: open[0], radius })
    }
    const near = open.length && (apart(open[0], at) < 0.025 || apart(open.at(-1), at) < 0.005)
    if (near && open.length > 2) return this.add({ kind: "polygon", corners: open })
    if (!near) this.begin(at)
  }

  begin(at) {
    this.open.push(at)
    this.paint()
  }

  add(region) {
    this.open = []
    const both = this.find(".both").checked ? [region, this.mirrored(region)] : [region]
    const fresh = both.filter((one, place) => !place || this.differs(one, region))
    if (this.regions.length + fresh.length > MOST) return this.say(`At most ${MOST} for each emotion.`)
    this.regions.push(...fresh.map(one => ({ ...one, weight: 1 })))
    this.changed(fresh.length > 1 ? "Drawn on both sides." : "Drawn.")
  }

  mirrored(region) {
    const over = ([x, y]) => [1 - x, y]
    return region.kind === "disc" ? { ...region, centre: over(region.centre) } : { ...region, corners: region.corners.map(over) }
  }

  /* In the middle of the face both sides are one and the same. */
  differs(one, other) {
    return one.kind === "polygon" ? Math.abs(this.middle(one) - 0.5) > 0.03 : apart(one.centre, other.centre) > one.radius * 0.8
  }

  middle({ corners }) { return corners.reduce((sum, [x]) => sum + x, 0) / corners.length }

  key(event) {
    const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
    if (step) {
      const far = event.shiftKey ? 4 : 1
      this.at = this.at.map((value, axis) => inside(value + far * STEP * step[axis]))
      this.pending()
    } else if (event.key === "Enter" || event.key === " ") this.set()
    else if (event.key === "Escape" && this.open.length) { this.open = []; this.paint() }
    else if ((event.key === "Backspace" || event.key === "Delete") && this.regions.length) this.remove(this.regions.length - 1)
    else return
    event.preventDefault()
  }

  remove(place) {
    this.regions.splice(place, 1)
    this.changed("Removed.")
    const buttons = this.root.querySelectorAll(".list .remove")
    ;(buttons[Math.min(place, buttons.length - 1)] ?? this.find(".face")).focus()
  }

  changed(words) {
    this.say(words)
    this.paint()
    const whole = Object.fromEntries(Object.entries(this.drawn).filter(([, regions]) => regions.length).map(([emotion, regions]) => [emotion, regions.map(this.plain)]))
    this.send("drawn", whole)
  }

  plain(region) {
    const { kind, weight } = region
    return kind === "disc" ? { kind, weight, centre: region.centre.map(round), radius: round(region.radius) } : { kind, weight, corners: region.corners.map(corner => corner.map(round)) }
  }

  say(words) { this.find(".said").textContent = words }

  paint() {
    this.tabs()
    const picture = this.pictures?.[this.emotion] ?? ""
    this.find(".face image").setAttribute("href", picture)
    this.find(".face").classList.toggle("pictured", Boolean(picture))
    this.find(".regions").replaceChildren(...this.regions.map(region => this.drawnShape(region)))
    this.find(".list").replaceChildren(...this.regions.map((region, place) => this.line(region, place)))
    this.find(".none").hidden = this.regions.length > 0
    this.find(".clear").disabled = !this.regions.length
    this.pending()
  }

  drawnShape(region) {
    return region.kind === "disc"
      ? shape("circle", { cx: region.centre[0], cy: region.centre[1], r: region.radius })
      : shape("polygon", { points: region.corners.map(corner => corner.join()).join(" ") })
  }

  pending() {
    const parts = []
    if (this.tool === "disc" && this.open.length)
      parts.push(shape("circle", { cx: this.open[0][0], cy: this.open[0][1], r: Math.max(apart(this.open[0], this.at), 0.01) }))
    if (this.tool === "region" && this.open.length) {
      parts.push(shape("polyline", { points: this.open.map(corner => corner.join()).join(" "), class: "open" }))
      this.open.forEach(([cx, cy]) => parts.push(shape("circle", { cx, cy, r: 0.012 })))
    }
    this.find(".pending").replaceChildren(...parts)
    const [x, y] = this.at
    this.find(".cross").replaceChildren(shape("line", { x1: x - 0.03, x2: x + 0.03, y1: y, y2: y }), shape("line", { x1: x, x2: x, y1: y - 0.03, y2: y + 0.03 }))
  }

  tabs() {
    const made = this.emotions.map(({ name, title, colour }) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: title })
      const n = this.drawn[name]?.length ?? 0
      if (n) button.append(Object.assign(document.createElement("small"), { textContent: n }))
      button.setAttribute("role", "radio")
      button.setAttribute("aria-checked", String(name === this.emotion))
      button.style.setProperty("--colour", colour)
      button.dataset.emotion = name
      button.onclick = () => { this.emotion = name; this.open = []; this.paint(); this.find(`[data-emotion=${name}]`).focus() }
      return button
    })
    this.find(".emotions").replaceChildren(...made)
  }

  line(region, place) {
    const item = document.createElement("li"), row = document.createElement("span")
    const [x, y] = region.kind === "disc" ? region.centre : [this.middle(region), region.corners.reduce((sum, [, b]) => sum + b, 0) / region.corners.length]
    const what = region.kind === "polygon" ? `Region of ${region.corners.length} corners` : region.radius === POINT_RADIUS ? "Point" : "Disc"
    const words = `${what} at ${Math.round(100 * x)}, ${Math.round(100 * y)}`
    const weight = Object.assign(document.createElement("input"), { type: "number", min: 0.1, max: 100, step: 0.1, value: region.weight, ariaLabel: `Weight of ${words}`, title: "Weight" })
    weight.onchange = () => { const value = Number(weight.value); if (value > 0 && value <= 100) { region.weight = value; this.changed("Weight changed.") } else weight.value = region.weight }
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "remove", textContent: "Remove", ariaLabel: `Remove ${words}` })
    remove.onclick = () => this.remove(place)
    row.append(Object.assign(document.createElement("span"), { className: "where", textContent: words }), weight, remove)
    for (const kind of ["mouseenter", "focusin"]) item.addEventListener(kind, () => this.mark(place, true))
    for (const kind of ["mouseleave", "focusout"]) item.addEventListener(kind, () => this.mark(place, false))
    item.append(row)
    return item
  }

  mark(place, on) { this.find(".regions").children[place]?.classList.toggle("strong", on) }
}

export default function ({ parentElement, data, setStateValue }) {
  let desk = mounted.get(parentElement)
  if (!desk) mounted.set(parentElement, (desk = new Desk(parentElement.querySelector(".desk"))))
  desk.update(data, setStateValue)
}

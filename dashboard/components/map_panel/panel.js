/* Emotions by columns of maps: painted here, so that strength, colours and zoom need no data anew. */

const mounted = new WeakMap()
const SVG = "http://www.w3.org/2000/svg"
const make = (name, text = "", kind = "") => Object.assign(document.createElement(name), { textContent: text, className: kind })

class Panel {
  constructor(root) {
    this.root = root
    this.place = [0, 0]
    this.zoom = new Zoom(root, value => this.send("zoom", value))
    this.zoom.listen()
    root.addEventListener("click", event => this.press(event))
    root.addEventListener("keydown", event => this.key(event))
  }

  update(data, send) {
    this.send = send
    const drawn = JSON.stringify([data.columns, data.rows, data.cells, data.faces, data.legends, data.side])
    if (drawn !== this.drawn) {
      const isFirst = !this.drawn
      this.drawn = drawn
      this.build(data)
      if (isFirst) this.zoom.set(...data.zoom)
    }
    const look = JSON.stringify([data.strength, data.colours])
    if (look !== this.look || this.isNew) {
      this.look = look
      this.isNew = false
      this.paint(data)
    }
    this.root.querySelectorAll(".outlines").forEach(svg => { svg.style.display = data.outlines ? "" : "none" })
    this.root.querySelectorAll("td button").forEach(button => {
      button.setAttribute("aria-pressed", String(data.chosen?.join() === `${button.dataset.row},${button.dataset.column}`))
    })
  }

  build(data) {
    this.isNew = true
    this.root.style.setProperty("--px", `${data.side}px`)
    const bar = make("div", "", "bar")
    this.legends = data.legends.map(one => this.legend(bar, one))
    bar.append(this.buttons())
    const table = make("table")
    table.setAttribute("role", "grid")
    table.setAttribute("aria-label", data.label)
    const head = table.createTHead().insertRow()
    head.append(make("th"), ...data.columns.map(column => this.head(column)))
    const body = table.createTBody()
    this.pictures = []
    const faces = data.faces.map(face => enlarged(bytes(face), data.pixels, 2 * data.side))
    this.grid = data.rows.map((row, place) => this.row(body.insertRow(), { data, row, place, faces }))
    const scroll = make("div", "", "scroll")
    scroll.append(table)
    this.root.replaceChildren(bar, scroll)
    this.zoom.set(this.zoom.times, this.zoom.x, this.zoom.y)
    this.reach()
  }

  buttons() {
    const group = make("span", "", "zoom")
    group.setAttribute("role", "group")
    group.setAttribute("aria-label", "Zoom of all pictures")
    const [out, whole, into] = [["-", "Zoom out"], ["1x", "Show whole faces"], ["+", "Zoom in"]].map(([text, title]) => {
      const button = make("button", text)
      return Object.assign(button, { type: "button", title, ariaLabel: title })
    })
    whole.className = "times"
    out.onclick = () => this.zoom.by(1 / 1.5)
    whole.onclick = () => { this.zoom.set(1, 0, 0); this.zoom.end() }
    into.onclick = () => this.zoom.by(1.5)
    group.append(make("span", "Zoom"), out, whole, into)
    return group
  }

  legend(bar, { kind, low, high, text }) {
    const one = make("span", "", "legend")
    const canvas = Object.assign(make("canvas"), { width: 256, height: 1 })
    one.append(make("span", text), make("span", low), canvas, make("span", high))
    bar.append(one)
    return [canvas, kind]
  }

  head({ name, note, flag }) {
    const th = make("th"), inner = make("div", name)
    th.scope = "col"
    if (note) inner.append(make("small", note))
    if (flag) inner.append(Object.assign(make("small", flag[0], "flag"), { title: flag[1] }))
    th.append(inner)
    return th
  }

  row(tr, { data, row, place, faces }) {
    const th = make("th"), inner = make("div", row.title)
    th.scope = "row"
    inner.style.borderColor = row.colour
    th.append(inner)
    tr.append(th)
    return data.cells[place].map((cell, column) => this.cell(tr, { cell, row, face: faces[cell.face], data, place, column }))
  }

  cell(tr, { cell, row, face, data, place, column }) {
    const td = tr.insertCell()
    if (cell.gap) {
      td.append(make("div", cell.gap, "gap"))
      return null
    }
    const holder = make("button")
    Object.assign(holder, { type: "button", title: cell.hover, ariaLabel: cell.hover || `${row.title}, mean face`, tabIndex: -1 })
    Object.assign(holder.dataset, { row: place, column })
    const stage = make("span", "", "stage"), moved = make("span", "", "moved")
    const canvas = Object.assign(make("canvas"), { width: 2 * data.side, height: 2 * data.side })
    moved.append(canvas, this.outlines(row.outlines), this.dots(row.dots))
    stage.append(moved)
    const words = make("span", "", "words")
    cell.words.forEach((line, place) => words.append(make(place || cell.words.length < 2 ? "small" : "b", line)))
    holder.append(stage, words)
    td.append(holder)
    const heat = cell.steps ? enlarged(bytes(cell.steps), data.pixels, 2 * data.side) : null
    this.pictures.push({ canvas, face, heat, kind: cell.kind })
    return holder
  }

  drawing(kind) {
    const svg = document.createElementNS(SVG, "svg")
    svg.setAttribute("viewBox", "0 0 1 1")
    svg.setAttribute("aria-hidden", "true")
    svg.setAttribute("class", kind)
    return svg
  }

  dots(places) {
    const svg = this.drawing("dots")
    for (const [x, y] of places) {
      const dot = document.createElementNS(SVG, "circle")
      for (const [key, value] of [["cx", x], ["cy", y], ["r", 0.009]]) dot.setAttribute(key, value)
      svg.append(dot)
    }
    return svg
  }

  outlines(polygons) {
    const svg = this.drawing("outlines")
    for (const kind of ["halo", "line"]) for (const points of polygons) {
      const polygon = document.createElementNS(SVG, "polygon")
      polygon.setAttribute("points", points.join(" "))
      polygon.setAttribute("class", kind)
      svg.append(polygon)
    }
    return svg
  }

  paint({ colours, strength }) {
    const tables = Object.fromEntries(Object.entries(colours).map(([kind, table]) => [kind, bytes(table)]))
    for (const { canvas, face, heat, kind } of this.pictures)
      paint(canvas, face, heat, { table: tables[kind] ?? tables.amount, isSigned: kind === "difference", strength })
    for (const [canvas, kind] of this.legends) {
      const context = canvas.getContext("2d"), image = context.createImageData(256, 1)
      for (let step = 0; step < 256; step++) image.data.set([...tables[kind].subarray(3 * step, 3 * step + 3), 255], 4 * step)
      context.putImageData(image, 0, 0)
    }
  }

  reach() {
    const all = this.grid.flat().filter(Boolean)
    const now = this.grid[this.place[0]]?.[this.place[1]] ?? all[0]
    all.forEach(button => { button.tabIndex = button === now ? 0 : -1 })
    if (now) this.place = [Number(now.dataset.row), Number(now.dataset.column)]
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !event.target.closest("table")) return
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (step && event.shiftKey) { this.zoom.pan(step[1] * 0.2, step[0] * 0.2); this.zoom.end() }
    else if (step) this.walk(step)
    else if (event.key === "+" || event.key === "=") this.zoom.by(1.5)
    else if (event.key === "-") this.zoom.by(1 / 1.5)
    else if (event.key === "0") { this.zoom.set(1, 0, 0); this.zoom.end() }
    else return
    event.preventDefault()
  }

  /* Goes on over gaps: where there is no map there is nothing to stand on. */
  walk([down, right]) {
    let [row, column] = this.place
    do { row += down; column += right } while (this.grid[row] && column in this.grid[row] && !this.grid[row][column])
    const next = this.grid[row]?.[column]
    if (!next) return
    this.place = [row, column]
    this.reach()
    next.focus()
  }

  press(event) {
    const button = event.target.closest("td button")
    if (!button || this.zoom.dragged) return
    this.place = [Number(button.dataset.row), Number(button.dataset.column)]
    this.reach()
    this.send("cell", { row: this.place[0], column: this.place[1], at: Date.now() })
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  let panel = mounted.get(parentElement)
  if (!panel) mounted.set(parentElement, (panel = new Panel(parentElement.querySelector(".panel"))))
  panel.root.style.setProperty("--flag", data.flag_colour)
  panel.update(data, setTriggerValue)
}

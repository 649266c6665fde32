/* Draws the cells once for each new table; arrow keys walk, Enter or a press opens. */

const mounted = new WeakMap()
const make = (name, text = "") => Object.assign(document.createElement(name), { textContent: text })

class Heat {
  constructor(root) {
    this.root = root
    this.place = [0, 0]
    root.addEventListener("click", event => this.open(event.target.closest("button")))
    root.addEventListener("keydown", event => this.walk(event))
  }

  update(data, send) {
    this.send = send
    const drawn = JSON.stringify([data.corner, data.columns, data.rows, data.cells])
    if (drawn !== this.drawn) {
      this.drawn = drawn
      this.build(data)
    }
    this.buttons.flat().forEach(button => button.setAttribute("aria-pressed", "false"))
    if (data.chosen) this.buttons[data.chosen[0]]?.[data.chosen[1]]?.setAttribute("aria-pressed", "true")
  }

  build({ corner, label, columns, rows, cells }) {
    const table = make("table")
    table.setAttribute("role", "grid")
    table.setAttribute("aria-label", label)
    const head = table.createTHead().insertRow()
    head.append(this.heading(corner, "", "col"), ...columns.map(([name, note]) => this.heading(name, note, "col")))
    const body = table.createTBody()
    this.buttons = cells.map((line, row) => {
      const tr = body.insertRow()
      tr.append(this.heading(rows[row][0], rows[row][1], "row"))
      return line.map((cell, column) => this.cell(tr, cell, row, column))
    })
    this.place = [0, 0]
    this.reach()
    this.root.replaceChildren(table)
  }

  heading(name, note, scope) {
    const th = make("th", name)
    th.scope = scope
    if (note) th.append(make("small", note))
    return th
  }

  cell(tr, [text, hover, fill, ink], row, column) {
    const button = make("button", text)
    button.type = "button"
    button.title = hover
    button.setAttribute("aria-label", hover)
    button.tabIndex = -1
    button.dataset.row = row
    button.dataset.column = column
    if (fill) Object.assign(button.style, { background: fill, color: ink })
    else button.className = "blank"
    tr.insertCell().append(button)
    return button
  }

  reach() {
    this.buttons[this.place[0]]?.[this.place[1]]?.setAttribute("tabindex", "0")
  }

  walk(event) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (!step) return
    event.preventDefault()
    const [row, column] = [this.place[0] + step[0], this.place[1] + step[1]]
    const next = this.buttons[row]?.[column]
    if (!next) return
    this.buttons[this.place[0]][this.place[1]].tabIndex = -1
    this.place = [row, column]
    this.reach()
    next.focus()
  }

  open(button) {
    if (!button || button.className === "blank") return
    this.place = [Number(button.dataset.row), Number(button.dataset.column)]
    this.send("cell", { row: this.place[0], column: this.place[1], at: Date.now() })
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  let heat = mounted.get(parentElement)
  if (!heat) mounted.set(parentElement, (heat = new Heat(parentElement.querySelector(".heat"))))
  heat.update(data, setTriggerValue)
}

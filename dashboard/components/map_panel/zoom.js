/* One zoom for all pictures: how many times, and the corner of what is seen (shares of a picture). */

const MOST_ZOOM = 8

class Zoom {
  constructor(root, onEnd) {
    this.root = root
    this.onEnd = onEnd
    this.set(1, 0, 0)
  }

  set(times, x, y) {
    this.times = Math.min(MOST_ZOOM, Math.max(1, times))
    const most = 1 - 1 / this.times
    this.x = Math.min(most, Math.max(0, x))
    this.y = Math.min(most, Math.max(0, y))
    for (const [name, value] of [["--z", this.times], ["--x", this.x], ["--y", this.y]]) this.root.style.setProperty(name, value)
    this.root.classList.toggle("zoomed", this.times > 1)
    const shown = this.root.querySelector(".times")
    if (shown) shown.textContent = `${Number(this.times.toFixed(1))}x`
  }

  /* Zooms by a factor and keeps the point (shares of what is seen) where it is. */
  by(factor, px = 0.5, py = 0.5) {
    const times = Math.min(MOST_ZOOM, Math.max(1, this.times * factor))
    this.set(times, this.x + px / this.times - px / times, this.y + py / this.times - py / times)
    this.end()
  }

  /* Moves what is seen by shares of a picture as drawn. */
  pan(dx, dy) { this.set(this.times, this.x + dx / this.times, this.y + dy / this.times) }

  end() {
    clearTimeout(this.later)
    this.later = setTimeout(() => this.onEnd([this.times, this.x, this.y].map(value => Number(value.toFixed(3)))), 400)
  }

  /* A drag moves; returns whether the pointer moved since it went down, so that a press is no drag. */
  listen() {
    const stageOf = event => event.target.closest?.(".stage")
    this.root.addEventListener("pointerdown", event => {
      this.dragged = false
      this.from = this.times > 1 && stageOf(event) ? [event.clientX, event.clientY] : null
    })
    this.root.addEventListener("pointermove", event => {
      if (!this.from || !event.buttons) return
      const [dx, dy] = [event.clientX - this.from[0], event.clientY - this.from[1]]
      if (!this.dragged && Math.hypot(dx, dy) < 4) return
      this.dragged = true
      const side = this.root.querySelector(".stage").clientWidth
      this.pan(-dx / side, -dy / side)
      this.from = [event.clientX, event.clientY]
    })
    this.root.addEventListener("pointerup", () => { if (this.dragged) this.end(); this.from = null })
    this.root.addEventListener("wheel", event => {
      const stage = stageOf(event)
      if (!stage || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      const box = stage.getBoundingClientRect()
      this.by(Math.exp(-event.deltaY / 300), (event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height)
    }, { passive: false })
  }
}

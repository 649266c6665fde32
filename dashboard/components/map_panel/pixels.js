/* Values 0..255 on a small grid, enlarged smoothly and mixed with a colour scale. */

const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0))

/* Catmull-Rom: the four neighbours of each of `n` places along a line of `side` values. */
const taps = (side, n) => Array.from({ length: n }, (_, place) => {
  const at = (place + 0.5) * side / n - 0.5
  const first = Math.floor(at), t = at - first
  const weights = [((2 - t) * t - 1) * t / 2, (t * t * (3 * t - 5) + 2) / 2, ((4 - 3 * t) * t + 1) * t / 2, (t - 1) * t * t / 2]
  return weights.map((weight, k) => [Math.min(side - 1, Math.max(0, first - 1 + k)), weight])
})

const enlarged = (values, side, n) => {
  const wide = new Float32Array(side * n), whole = new Float32Array(n * n), four = taps(side, n)
  for (let row = 0; row < side; row++)
    four.forEach((near, x) => { for (const [k, w] of near) wide[row * n + x] += w * values[row * side + k] })
  four.forEach((near, y) => { for (const [k, w] of near) for (let x = 0; x < n; x++) whole[y * n + x] += w * wide[k * n + x] })
  return whole
}

/* How much of the face a colour hides; as `core.maps.colouring.cover_of` has it for print. */
const coverOf = strength => Float32Array.from({ length: 256 }, (_, step) => strength * Math.pow(step / 255, 2 - 2 * strength))

/* Paints a face with a map over it, or evenly with a difference (`isSigned`), whose step 128 is none. */
const paint = (canvas, face, heat, { table, isSigned, strength }) => {
  const n = canvas.width, context = canvas.getContext("2d"), image = context.createImageData(n, n), out = image.data
  const cover = coverOf(strength)
  for (let i = 0; i < n * n; i++) {
    const grey = Math.min(255, Math.max(0, face[i]))
    const step = heat ? Math.min(255, Math.max(0, Math.round(heat[i]))) : 0
    const share = heat ? (isSigned ? strength : cover[step]) : 0
    for (let c = 0; c < 3; c++) out[4 * i + c] = (1 - share) * grey + share * table[3 * step + c]
    out[4 * i + 3] = 255
  }
  context.putImageData(image, 0, 0)
}

/* Which key does what, and when keys are not ours. */

const KEYS = [
  ["1 to 7", "Label the face and show the next"],
  ["Space", "Confirm its label and show the next"],
  ["X", "Skip: nothing is stored"],
  ["D, then 1 to 3", "Drop it with a reason; Esc leaves"],
  ["T, then 1 to 9", "Give or take away a tag; Esc leaves"],
  ["U or Ctrl+Z", "Undo your last press and go back to its face"],
  ["Left, Right", "Move back and forth; nothing is stored"],
  ["Z", "Zoom 1, 2 and 4 times"],
  ["?", "Show or hide these keys"],
]
const ACTIONS = {
  " ": "confirm", x: "skip", d: "drop", t: "tag", u: "undo", z: "zoom", "?": "keys",
  arrowleft: "back", arrowright: "forth", escape: "leave",
}
const TEXT_FIELDS = "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]"
const PRESSABLE = "button, a[href], summary, input, [role=button], [role=radio], [role=switch], [role=tab]"

/* The action of a key press: a name, a digit, or null where the key is not ours. */
function actionOf(event) {
  const target = event.composedPath()[0]
  if (event.repeat || event.isComposing || event.defaultPrevented) return null
  if (target?.matches?.(TEXT_FIELDS) || target?.isContentEditable) return null
  if (document.querySelector("[data-testid=stDialog]")) return null
  const key = event.key.toLowerCase()
  if (event.ctrlKey || event.metaKey) {
    return key === "z" && !event.altKey && !event.shiftKey ? "undo" : null
  }
  if (event.altKey) return null
  // A button that was reached by Tab keeps its Space; one that was clicked gives it back.
  if (key === " " && target?.matches?.(PRESSABLE) && target.matches(":focus-visible")) return null
  return /^[1-9]$/.test(key) ? Number(key) : (ACTIONS[key] ?? null)
}

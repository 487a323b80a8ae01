import { computed, shallowRef } from 'vue'
import type { Edit } from '../../stores/ablate'

/** What an edit is about; a later one of the same takes its place. */
export function keyOfEdit(edit: Edit): string {
  switch (edit.kind) {
    case 'unit': return `unit ${edit.cell} ${edit.unit} ${edit.of ?? 'h'}`
    case 'gate': return `gate ${edit.cell} ${edit.unit} ${edit.gate}`
    case 'weight': return `weight ${edit.name} ${edit.row} ${edit.column ?? 0}`
    case 'input': return `input ${edit.step}`
  }
}

/** Edits of one thing that follow each other within so many milliseconds are one: a slider being dragged. */
const oneMove = 800

/** A list of edits that can be undone and done again. */
export function useEdits(now: () => number = () => performance.now()) {
  const past = shallowRef<readonly (readonly Edit[])[]>([])
  const future = shallowRef<readonly (readonly Edit[])[]>([])
  const edits = shallowRef<readonly Edit[]>([])
  let last = { key: '', at: -Infinity }

  function change(next: readonly Edit[], key = ''): void {
    const together = key !== '' && key === last.key && now() - last.at < oneMove && future.value.length === 0
    if (!together) past.value = [...past.value, edits.value].slice(-200)
    future.value = []
    edits.value = next
    last = { key, at: now() }
  }

  function put(edit: Edit): void {
    const key = keyOfEdit(edit)
    const at = edits.value.findIndex((each) => keyOfEdit(each) === key)
    change(at < 0 ? [...edits.value, edit] : edits.value.with(at, edit), key)
  }

  function remove(key: string): void { change(edits.value.filter((each) => keyOfEdit(each) !== key)) }

  function reset(): void { if (edits.value.length > 0) change([]) }

  function step(from: typeof past, to: typeof future): void {
    const next = from.value.at(-1)
    if (!next) return
    to.value = [...to.value, edits.value]
    from.value = from.value.slice(0, -1)
    edits.value = next
    last = { key: '', at: -Infinity }
  }

  return {
    edits, put, remove, reset, undo: () => step(past, future), redo: () => step(future, past),
    canUndo: computed(() => past.value.length > 0), canRedo: computed(() => future.value.length > 0),
  }
}

import { computed, shallowRef } from 'vue'

const longest = 200

/**
 * Values with undo and redo.
 * @param mergeWithin changes of the same `tag` closer than this many milliseconds are one step back: a word, not its letters
 */
export function useHistory<T>(initial: T, mergeWithin = 800, now: () => number = () => performance.now()) {
  const past = shallowRef<readonly T[]>([])
  const present = shallowRef(initial)
  const future = shallowRef<readonly T[]>([])
  let last = { tag: '', at: -Infinity }

  function set(value: T, tag = ''): void {
    const merges = tag !== '' && tag === last.tag && now() - last.at < mergeWithin && future.value.length === 0
    if (!merges) past.value = [...past.value.slice(-longest + 1), present.value]
    last = { tag, at: now() }
    present.value = value
    future.value = []
  }

  function undo(): void {
    const previous = past.value.at(-1)
    if (previous === undefined) return
    future.value = [present.value, ...future.value]
    past.value = past.value.slice(0, -1)
    present.value = previous
    last.tag = ''
  }

  function redo(): void {
    const next = future.value[0]
    if (next === undefined) return
    past.value = [...past.value, present.value]
    future.value = future.value.slice(1)
    present.value = next
    last.tag = ''
  }

  return { present, set, undo, redo, canUndo: computed(() => past.value.length > 0), canRedo: computed(() => future.value.length > 0) }
}

export type History<T> = ReturnType<typeof useHistory<T>>

import { onBeforeUnmount, ref } from 'vue'

/** Calls `advance` a few times a second while it plays. */
export function usePlaying(advance: () => void, everyMs = 400) {
  const playing = ref(false)
  let timer: ReturnType<typeof setInterval> | undefined
  function toggle() {
    playing.value = !playing.value
    clearInterval(timer)
    if (playing.value) timer = setInterval(advance, everyMs)
  }
  onBeforeUnmount(() => clearInterval(timer))
  return { playing, toggle }
}

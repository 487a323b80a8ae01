import { onBeforeUnmount, watch } from 'vue'

/** Asks again every few seconds while `active` holds and the window is seen; never while an answer is awaited. */
export function useFollow(active: () => boolean, refresh: () => Promise<void>, everyMs = 3000): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => clearTimeout(timer)
  const next = () => {
    timer = setTimeout(async () => {
      if (!document.hidden) await refresh()
      if (active()) next()
    }, everyMs)
  }
  watch(active, (now) => {
    stop()
    if (now) next()
  }, { immediate: true })
  onBeforeUnmount(stop)
}

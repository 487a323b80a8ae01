import { onScopeDispose, readonly, type Ref, ref, watch } from 'vue'

/** True once something has gone on for a moment: what is over at once shows no progress. */
export function useLate(going: () => boolean, milliseconds = 200): Readonly<Ref<boolean>> {
  const late = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(going, (now) => {
    clearTimeout(timer)
    if (now) timer = setTimeout(() => { late.value = true }, milliseconds)
    else late.value = false
  }, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))
  return readonly(late)
}

import { computed, onBeforeUnmount, onMounted, ref } from 'vue'
import { onThemeChange } from '../../charts/palette'
import { themeColourMap } from './colour-map'

/** The theme's diverging colours up to a limit, anew whenever the theme changes. */
export function useThemedColours(limit: () => number) {
  const themed = ref(0)
  let stop = () => {}
  onMounted(() => { stop = onThemeChange(() => { themed.value++ }) })
  onBeforeUnmount(() => stop())
  return computed(() => (void themed.value, themeColourMap(document.documentElement, limit())))
}

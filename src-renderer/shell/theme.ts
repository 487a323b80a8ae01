import { computed, readonly, ref } from 'vue'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'unroll.theme'
const choice = ref<Theme>('system')
const systemDark = ref(false)

/** The user's choice, and what it comes to. Charts drawn on a canvas watch `resolvedTheme` to repaint. */
export const theme = readonly(choice)
export const resolvedTheme = computed<'light' | 'dark'>(() => choice.value === 'system' ? (systemDark.value ? 'dark' : 'light') : choice.value)

export function setTheme(next: Theme): void {
  choice.value = next
  try {
    localStorage.setItem(key, next)
  } catch {
    // Storage can be switched off; the choice then lasts as long as the window.
  }
  apply()
}

export const nextTheme = (): void => setTheme(themes[(themes.indexOf(choice.value) + 1) % themes.length] ?? 'system')

/** Reads the stored choice and follows the system's; called before the first paint. */
export function startTheme(): void {
  try {
    choice.value = themes.find((candidate) => candidate === localStorage.getItem(key)) ?? 'system'
  } catch {
    choice.value = 'system'
  }
  const query = window.matchMedia('(prefers-color-scheme: dark)')
  systemDark.value = query.matches
  query.addEventListener('change', (event) => {
    systemDark.value = event.matches
    apply()
  })
  apply()
}

function apply(): void {
  document.documentElement.dataset['theme'] = resolvedTheme.value
}

/** True on Apple systems, where Mod is ⌘. */
export const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)

/** "Mod+Shift+Z" → ["Ctrl", "Shift", "Z"], or ["⌘", "⇧", "Z"] on Apple systems. */
export function keyCaps(keys: string, apple = isApple): string[] {
  const names: Record<string, string> = apple
    ? { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩', Space: 'Space' }
    : { Mod: 'Ctrl' }
  return keys.split('+').map((part) => names[part] ?? part)
}

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync(new URL('../../../src-renderer/styles/tokens.css', import.meta.url), 'utf8')
const [lightCss = '', darkCss = ''] = css.split(':root[data-theme=\'dark\']')
const tokensOf = (text: string) => Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[\da-f]{6})/g)].map(([, name, colour]) => [name!, colour!]))
const light = tokensOf(lightCss)
const themes = { light, dark: { ...light, ...tokensOf(darkCss) } }

/** WCAG 2.2 relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4) as [number, number, number]
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

const surfaces = ['surface-0', 'surface-1', 'surface-2', 'surface-3', 'surface-overlay', 'surface-inset', 'accent-soft']
const texts = ['text', 'text-muted', 'text-faint', 'accent-text']
const pairs = [
  ...texts.flatMap((text) => surfaces.map((surface): [string, string] => [text, surface])),
  ...['danger', 'success', 'warning'].map((tone): [string, string] => [`${tone}-text`, `${tone}-soft`]),
  ...['danger-text', 'success-text', 'chart-3', 'chart-validation', 'chart-axis'].map((text): [string, string] => [text, 'surface-1']),
  ['text-on-accent', 'accent'], ['text-on-accent', 'accent-hover'],
] satisfies [string, string][]
const drawn = ['border-strong', 'focus', 'danger', 'chart-train', 'chart-validation', 'chart-test', 'chart-baseline', 'chart-3', 'chart-4', 'chart-5', 'chart-6']

describe.each(Object.entries(themes))('the %s theme', (_name, tokens) => {
  it.each(pairs)('has %s on %s at 4.5:1', (text, surface) => {
    expect(contrast(tokens[text]!, tokens[surface]!)).toBeGreaterThanOrEqual(4.5)
  })
  it.each(drawn)('has %s drawn on a panel at 3:1', (name) => {
    expect(contrast(tokens[name]!, tokens['surface-1']!)).toBeGreaterThanOrEqual(3)
  })
})

import type { Space } from '../../stores/space'

export type PointColour = Space['colours'][number]

/** A colour a point, from the theme: classes in the charts' colours, numbers from faint to strong; what isn't known is faint. */
export function pointColours(colour: PointColour | null, count: number, element: Element): { of: string[]; legend: { label: string; colour: string }[] } {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(name).trim()
  const faint = token('--border-strong')
  if (!colour) return { of: new Array<string>(count).fill(token('--chart-baseline')), legend: [] }
  if (colour.kind === 'numeric') {
    const known = colour.values.filter(Number.isFinite)
    const [low, high] = [known.reduce((least, value) => Math.min(least, value), Infinity), known.reduce((most, value) => Math.max(most, value), -Infinity)]
    const mix = (share: number) => `color-mix(in oklab, ${token('--chart-3')} ${Math.round((1 - share) * 100)}%, ${token('--chart-validation')})`
    const steps = Array.from({ length: 33 }, (_, at) => mix(at / 32))
    return {
      of: Array.from(colour.values, (value) => Number.isFinite(value) ? steps[high > low ? Math.round((value - low) / (high - low) * 32) : 16]! : faint),
      legend: known.length > 0 ? [{ label: String(Number(low.toPrecision(4))), colour: steps[0]! }, { label: String(Number(high.toPrecision(4))), colour: steps[32]! }] : [],
    }
  }
  const classes = colour.kind === 'binary' ? ['no', 'yes'] : colour.classes ?? []
  const palette = colour.kind === 'binary' ? [token('--chart-baseline'), token('--chart-validation')] : ['--chart-train', '--chart-validation', '--chart-test', '--chart-3', '--chart-4', '--chart-5', '--chart-6'].map(token)
  const counts = new Map<number, number>()
  for (const id of colour.values) if (Number.isFinite(id)) counts.set(id, (counts.get(id) ?? 0) + 1)
  // The most frequent classes have colours of their own; the others share the faint one.
  const named = [...counts].sort((a, b) => b[1] - a[1]).slice(0, palette.length).map(([id]) => id).sort((a, b) => a - b)
  return {
    of: Array.from(colour.values, (id) => { const at = named.indexOf(id); return at < 0 ? faint : palette[at]! }),
    legend: [...named.map((id, at) => ({ label: classes[id] ?? String(id), colour: palette[at]! })), ...counts.size > named.length ? [{ label: 'others', colour: faint }] : []],
  }
}

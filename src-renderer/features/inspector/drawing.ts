import { escapeXml } from './picture'

/** A colour: a token of the theme ("--chart-train"), or any of CSS's own. */
export type Ink = string

export type Mark =
  | { readonly kind: 'rect'; readonly x: number; readonly y: number; readonly width: number; readonly height: number; readonly fill: Ink; readonly opacity?: number; readonly title?: string }
  | { readonly kind: 'circle'; readonly x: number; readonly y: number; readonly r: number; readonly fill: Ink; readonly opacity?: number; readonly title?: string }
  | { readonly kind: 'line'; readonly points: readonly (readonly [number, number])[]; readonly stroke: Ink; readonly width?: number; readonly dashed?: boolean; readonly opacity?: number }
  | { readonly kind: 'text'; readonly x: number; readonly y: number; readonly text: string; readonly anchor?: 'start' | 'middle' | 'end'; readonly size?: number; readonly fill?: Ink; readonly mono?: boolean }

/** What is drawn, once for the screen (Drawing.vue) and once for the file (`drawingSvg`). Sizes in CSS pixels. */
export interface Drawing {
  readonly width: number
  readonly height: number
  readonly marks: readonly Mark[]
}

export const pointsOf = (points: readonly (readonly [number, number])[]): string => points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ')
const round = (value: number) => Number(value.toFixed(2))

/** The drawing as a file of its own, in the colours of the theme at hand. */
export function drawingSvg({ width, height, marks }: Drawing): string {
  const style = getComputedStyle(document.documentElement)
  const ink = (colour: Ink) => escapeXml(colour.startsWith('--') ? style.getPropertyValue(colour).trim() : colour)
  const opacity = (value: number | undefined, name: string) => value === undefined ? '' : ` ${name}="${value}"`
  const title = (text: string | undefined) => text === undefined ? '' : `<title>${escapeXml(text)}</title>`
  const body = marks.map((mark) => {
    switch (mark.kind) {
      case 'rect': return `<rect x="${round(mark.x)}" y="${round(mark.y)}" width="${round(mark.width)}" height="${round(mark.height)}" fill="${ink(mark.fill)}"${opacity(mark.opacity, 'fill-opacity')}>${title(mark.title)}</rect>`
      case 'circle': return `<circle cx="${round(mark.x)}" cy="${round(mark.y)}" r="${mark.r}" fill="${ink(mark.fill)}"${opacity(mark.opacity, 'fill-opacity')}>${title(mark.title)}</circle>`
      case 'line': return `<polyline points="${pointsOf(mark.points)}" fill="none" stroke="${ink(mark.stroke)}" stroke-width="${mark.width ?? 1}"${mark.dashed ? ' stroke-dasharray="4 3"' : ''}${opacity(mark.opacity, 'stroke-opacity')}/>`
      case 'text': return `<text x="${round(mark.x)}" y="${round(mark.y)}" text-anchor="${mark.anchor ?? 'start'}" font-size="${mark.size ?? 11}" fill="${ink(mark.fill ?? '--text-muted')}"${mark.mono ? ' font-family="monospace"' : ''}>${escapeXml(mark.text)}</text>`
    }
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif"><rect width="100%" height="100%" fill="${ink('--surface-1')}"/>${body.join('')}</svg>`
}

/** Round numbers between two ends, about `count` of them. */
export function ticksBetween(low: number, high: number, count = 5): number[] {
  if (!(high > low) || !Number.isFinite(high - low)) return Number.isFinite(low) ? [low] : []
  const rough = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? 10 * power
  const first = Math.ceil(low / step - 1e-9)
  return Array.from({ length: Math.max(0, Math.floor(high / step + 1e-9) - first + 1) }, (_, at) => Number(((first + at) * step).toPrecision(12)))
}

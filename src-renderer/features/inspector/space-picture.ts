import type { Trace } from '@shared/rpc/inspect-schemas'
import type { Run } from '@shared/rpc/schemas'
import type { Feature, Space } from '../../stores/space'
import type { Picture } from './picture'
import { fitPoints, turned } from './scatter-geometry'

/** What the points of a run can be coloured by. */
export function featuresOf({ experiment: { data } }: Run, { inputs }: Trace): Feature[] {
  const classes = ['letter', 'vowel', 'upper', 'space', 'newline', 'punctuation', 'digit'] as const
  if (data.kind === 'text') return [...classes.map((of) => ({ kind: 'class' as const, of })), { kind: 'since', symbol: ' ' }, { kind: 'next' }]
  if (data.kind === 'series') return inputs.slice(0, 18).map((name) => ({ kind: 'column' as const, name }))
  return [{ kind: 'position' }]
}

const size = 640

/** The scatter plot from the front, as a picture and as numbers. */
export function spacePicture({ cloud, trajectory, components, places }: Space, colours: readonly string[], name: string, labels: readonly string[]): Picture {
  const fit = fitPoints([cloud, trajectory], components)
  const view = { yaw: 0.6, pitch: 0.35, zoom: 1, x: 0, y: 0 }
  const axes = Array.from({ length: components }, (_, axis) => `component ${axis + 1}`)
  const rows = (points: Float32Array, what: (at: number) => (string | number)[]) =>
    Array.from({ length: points.length / components }, (_, at) => [...what(at), ...points.subarray(at * components, (at + 1) * components)])
  return {
    name, width: size, height: size, metadata: { format: 'pt', producer: 'unroll' },
    async svg() {
      const style = getComputedStyle(document.documentElement)
      const token = (property: string) => style.getPropertyValue(property).trim()
      const [dots, path] = [turned(cloud, components, fit, view, { width: size, height: size }), turned(trajectory, components, fit, view, { width: size, height: size })]
      const circles = Array.from({ length: dots.length / 2 }, (_, at) => `<rect x="${dots[2 * at]!.toFixed(1)}" y="${dots[2 * at + 1]!.toFixed(1)}" width="3" height="3" fill="${colours[at] ?? token('--text')}" fill-opacity="0.55"/>`)
      const line = Array.from({ length: path.length / 2 }, (_, at) => `${path[2 * at]!.toFixed(1)},${path[2 * at + 1]!.toFixed(1)}`).join(' ')
      return `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${size} ${size}"><rect width="100%" height="100%" fill="${token('--surface-1')}"/>${circles.join('')}<polyline points="${line}" fill="none" stroke="${token('--accent')}" stroke-opacity="0.8"/></svg>`
    },
    table: () => [['of', 'sequence', 'step', 'label', ...axes],
      ...rows(cloud, (at) => ['data', places[at]!.sequence ?? '', places[at]!.step, places[at]!.label]), ...rows(trajectory, (at) => ['sequence', '', at, labels[at] ?? ''])],
    tensors: () => [{ name: 'cloud', shape: [cloud.length / components, components], values: cloud }, { name: 'trajectory', shape: [trajectory.length / components, components], values: trajectory }],
  }
}

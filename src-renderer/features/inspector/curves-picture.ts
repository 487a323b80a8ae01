import { drawingSvg } from './drawing'
import type { Picture } from './picture'
import { type Curve, curvesDrawing } from './plot-drawing'

/** Curves along a sequence, to be taken away: in the table a row a step, named by what is read there; a tensor a curve, its own name in `tensors`. */
export function curvesPicture(name: string, curves: readonly (Curve & { tensor: string })[], labels: readonly string[], yLabel: string, metadata: Record<string, string>): Picture {
  const steps = curves.reduce((longest, { values }) => Math.max(longest, values.length), 0)
  return {
    name, width: 900, height: 300, svg: async () => drawingSvg(curvesDrawing(curves, 'Step', yLabel)),
    table: () => [['step', 'label', ...curves.map(({ label }) => label)], ...Array.from({ length: steps }, (_, step) => [step, labels[step] ?? '', ...curves.map(({ values }) => values[step] ?? '')])],
    tensors: () => curves.map(({ tensor, values }) => ({ name: tensor, shape: [values.length], values: Float32Array.from(values) })),
    metadata: { format: 'pt', producer: 'unroll', ...metadata, labels: JSON.stringify(labels.slice(0, steps)) },
  }
}

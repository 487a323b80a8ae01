import { createHash } from 'node:crypto'
import type { CheckedTensors } from '../sequences/check-tensors'
import { keyOf, type TensorsSpec } from '../sequences/prepare-tensors'
import type { ReportLog } from './report-log'

/** Sequences that stand there twice, and equal ones with different targets, by their place along the arrays' first axis. */
export function logTensors(log: ReportLog, checked: CheckedTensors, spec: TensorsSpec): void {
  const first = new Map<string, { row: number; target: string }>()
  const placeOf = (row: number) => `${spec.x}[${row}]`
  for (let row = 0; row < checked.count; row++) {
    const [inputs, target] = [keyOf(checked, row), targetOf(checked, row)]
    const before = first.get(inputs)
    if (before === undefined) first.set(inputs, { row, target })
    else if (before.target === target) log.add('repeat', { place: placeOf(row), wrong: `Repeats ${placeOf(before.row)} number for number.`, done: 'Used again' })
    else log.add('contradiction', { place: placeOf(row), wrong: `The same as ${placeOf(before.row)}, but ${spec.y === null ? 'what follows' : `${spec.y}[${row}]`} differs.`, done: 'Kept' })
  }
}

/** The targets of a sequence's own steps, as a key. */
function targetOf({ y, count, steps, lengths, everyStep }: CheckedTensors, row: number): string {
  const size = y.length / count
  const own = y.subarray(row * size, row * size + (everyStep ? size / steps * (lengths?.[row] ?? steps) : size))
  return createHash('md5').update(new Uint8Array(own.buffer, own.byteOffset, own.byteLength)).digest('base64')
}

import type { Backend } from '../backends/backend'
import { readCorpus, type Corpus } from './corpus'
import type { LookedNetwork } from './looked-network'
import type { Work } from './work'

/** States at some steps of a corpus. */
export interface GatheredStates {
  width: number
  /** [rows, width] */
  states: Float32Array
  /** The step of the corpus of each row, ascending. */
  steps: Int32Array
  /** The sequence of each row. */
  sequences: Int32Array
}

/**
 * A tensor at evenly spaced steps of a corpus, about `most` of them.
 * @param wanted whether a step may be taken; all when left out
 */
export async function gatherStates(backend: Backend, network: LookedNetwork, corpus: Corpus, tensor: string, most: number, work: Work, wanted: (step: number) => boolean = () => true): Promise<GatheredStates> {
  const candidates: number[] = []
  for (let step = 0; step < corpus.steps; step++) if (wanted(step)) candidates.push(step)
  const count = Math.min(most, candidates.length)
  const steps = Int32Array.from({ length: count }, (_, at) => candidates[Math.floor((at + 0.5) * candidates.length / count)]!)
  const rowOf = new Int32Array(corpus.steps).fill(-1)
  steps.forEach((step, row) => { rowOf[step] = row })
  const sequences = new Int32Array(count)
  let [width, states] = [0, new Float32Array(0)]
  await readCorpus(backend, network, corpus, [tensor], (rows, found) => {
    if (width === 0) [width, states] = [rows.width(tensor), new Float32Array(count * rows.width(tensor))]
    for (let row = 0; row < rows.rows; row++) {
      const to = rowOf[rows.from + row]!
      if (to < 0) continue
      const at = (row * rows.stride + rows.offset) * width
      states.set(found[tensor]!.subarray(at, at + width), to * width)
      sequences[to] = rows.sequence
    }
  }, work)
  return { width, states, steps, sequences }
}

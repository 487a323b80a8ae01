import type { Loss, Ops } from '../../backend'
import { lengthsOf, sequenceOf, tensorOf, tokensOf, WasmSequence, type WasmLengths, type WasmTensor, type WasmTokens } from '../handles'
import { call, type KernelCall } from '../kernel-calls'
import type { Kernels } from '../kernel-module'
import type { Recorder } from '../recorder'
import { CALL_BUDGET } from '../work'
import { chunk, stretches } from './products'

type LossOps = Pick<Ops, 'crossEntropy' | 'squaredError' | 'absoluteError' | 'huberLoss'>
type ErrorArguments = Parameters<Ops['squaredError']>[0]

/** What the kernel of a loss takes of a stretch of time steps. */
type Stretch = Parameters<Kernels['squaredError']>

/** About as many multiply-adds as one element of a loss costs. */
const ELEMENT = 16

/** Losses over whole sequences: value, gradient and score in one pass, sums in double precision. */
export function lossOps(recorder: Recorder): LossOps {

  /** @param kernel of a stretch of time steps @param read what it reads besides: no more than the weights of the classes */
  function record(
    output: WasmSequence, targets: WasmSequence | WasmTokens, lengths: WasmLengths, scale: WasmTensor, targetWidth: number,
    read: readonly WasmTensor[], kernel: (...args: Stretch) => KernelCall,
  ): Loss {
    const { steps, batch, width } = output
    const gradient = new WasmSequence(steps, batch, width, recorder.block(output.size * 4))
    // Two sums of each time step and row, so that the order of additions is the same whoever takes which.
    const [loss, score, sums] = [recorder.tensor([1]), recorder.tensor([1]), recorder.block(steps * batch * 16)]
    const wanted = () => (targets instanceof WasmSequence ? targets.address : targets.block.address)
    const byRows = recorder.byRows(batch)
    const perCall = byRows ? chunk(steps, CALL_BUDGET / (ELEMENT * batch * width), 1) : steps
    recorder.step({
      cost: output.size * ELEMENT, reads: [output, targets, lengths, scale, ...read], writes: [gradient, sums], split: byRows ? { batch } : { count: steps }, bounded: byRows,
      calls({ from, to }) {
        const part = (first: number, count: number, row: number, rows: number) => {
          const offset = first * batch * width * 4
          return kernel(first, count, batch, row, rows, width, output.address + offset, wanted() + first * batch * targetWidth * 4, lengths.block.address, scale.address,
            gradient.address + offset, sums.address + first * batch * 16)
        }
        if (!byRows) return part(from, to - from, 0, batch)
        return stretches(steps, perCall).map(({ first, count }) => part(first, count, from, to - from))
      },
    })
    recorder.step({
      cost: steps * batch, reads: [sums, scale], writes: [loss, score],
      calls: () => call('lossEnd', steps * batch, sums.address, scale.address, loss.address, score.address),
    })
    return { loss, gradient, score }
  }

  const errorLoss = (kernel: 'squaredError' | 'absoluteError' | 'huberLoss') => ({ output: outputHandle, targets, lengths, scale }: ErrorArguments): Loss => {
    const output = sequenceOf(outputHandle, 'the output')
    return record(
      output, sequenceOf(targets, 'the targets', [output.steps, output.batch, output.width]), lengthsOf(lengths, output.batch), tensorOf(scale, 'the scale', [1]),
      output.width, [], (...args) => call(kernel, ...args),
    )
  }

  return {
    crossEntropy({ logits: logitsHandle, targets, lengths, scale, smoothing = 0, classWeights }) {
      const logits = sequenceOf(logitsHandle, 'the logits')
      const weights = classWeights ? tensorOf(classWeights, 'the class weights', [logits.width]) : null
      return record(
        logits, tokensOf(targets, 'the targets', logits.steps, logits.batch), lengthsOf(lengths, logits.batch), tensorOf(scale, 'the scale', [1]),
        1, weights ? [weights] : [], (...args) => call('crossEntropy', ...args, smoothing, weights?.address ?? 0),
      )
    },
    squaredError: errorLoss('squaredError'),
    absoluteError: errorLoss('absoluteError'),
    huberLoss: errorLoss('huberLoss'),
  }
}

import type { Loss, Ops } from '../../backend'
import { lengthsOf, sequenceOf, tensorOf, tokensOf, WasmSequence, type WasmLengths, type WasmTensor, type WasmTokens } from '../handles'
import { CALL_BUDGET, type Recorder } from '../recorder'
import { chunk } from './products'

type LossOps = Pick<Ops, 'crossEntropy' | 'squaredError' | 'absoluteError' | 'huberLoss'>
type ErrorArguments = Parameters<Ops['squaredError']>[0]


/** About as many multiply-adds as one element of a loss costs. */
const ELEMENT = 16

/** Losses over whole sequences: value, gradient and score in one pass, sums in double precision. */
export function lossOps(recorder: Recorder): LossOps {
  const { kernels } = recorder

  /** @param kernel called for each stretch of time steps @param read what it reads besides: no more than the weights of the classes */
  function record(
    output: WasmSequence, targets: WasmSequence | WasmTokens, lengths: WasmLengths, scale: WasmTensor, targetWidth: number,
    read: readonly WasmTensor[], kernel: typeof kernels.squaredError,
  ): Loss {
    const { steps, batch, width } = output
    const gradient = new WasmSequence(steps, batch, width, recorder.block(output.size * 4))
    const [loss, score, sums] = [recorder.tensor([1]), recorder.tensor([1]), recorder.block(16)]
    recorder.step(1, [sums], () => {
      const at = sums.address
      return () => { kernels.clear(16, at) }
    })
    const perCall = chunk(steps, CALL_BUDGET / (ELEMENT * batch * width), 1)
    for (let first = 0; first < steps; first += perCall) {
      const count = Math.min(perCall, steps - first)
      recorder.step(count * batch * width * ELEMENT, [output, targets, lengths, scale, gradient, sums, ...read], () => {
        const offset = first * batch * width * 4
        const [from, to, valid, factor, total] = [output.address + offset, gradient.address + offset, lengths.block.address, scale.address, sums.address]
        const wanted = (targets instanceof WasmSequence ? targets.address : targets.block.address) + first * batch * targetWidth * 4
        return () => { kernel(first, count, batch, width, from, wanted, valid, factor, to, total) }
      })
    }
    recorder.step(1, [sums, scale, loss, score], () => {
      const [total, factor, mean, right] = [sums.address, scale.address, loss.address, score.address]
      return () => { kernels.lossEnd(total, factor, mean, right) }
    })
    return { loss, gradient, score }
  }

  const errorLoss = (kernel: typeof kernels.squaredError) => ({ output: outputHandle, targets, lengths, scale }: ErrorArguments): Loss => {
    const output = sequenceOf(outputHandle, 'the output')
    return record(
      output, sequenceOf(targets, 'the targets', [output.steps, output.batch, output.width]), lengthsOf(lengths, output.batch), tensorOf(scale, 'the scale', [1]),
      output.width, [], kernel,
    )
  }

  return {
    crossEntropy({ logits: logitsHandle, targets, lengths, scale, smoothing = 0, classWeights }) {
      const logits = sequenceOf(logitsHandle, 'the logits')
      const weights = classWeights ? tensorOf(classWeights, 'the class weights', [logits.width]) : null
      return record(
        logits, tokensOf(targets, 'the targets', logits.steps, logits.batch), lengthsOf(lengths, logits.batch), tensorOf(scale, 'the scale', [1]),
        1, weights ? [weights] : [], (...given) => { kernels.crossEntropy(...given, smoothing, weights?.address ?? 0) },
      )
    },
    squaredError: errorLoss(kernels.squaredError),
    absoluteError: errorLoss(kernels.absoluteError),
    huberLoss: errorLoss(kernels.huberLoss),
  }
}

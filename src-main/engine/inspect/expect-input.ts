import { UnrollError } from '@shared/errors'
import type { LookedInput, LookedNetwork } from './looked-network'

/** @throws UnrollError `input.invalid` when nothing is given, rows aren't whole, or a token is outside its vocabulary */
export function expectInput({ inputSize, outputSize, output }: Pick<LookedNetwork, 'inputSize' | 'outputSize' | 'output'>, { kind, x, decoder }: LookedInput): void {
  if (x.length === 0) throw new UnrollError('input.invalid', 'There is nothing to look at: the sequence is empty.', { hint: 'Give at least one step.' })
  if (kind === 'values') {
    if (x.length % inputSize !== 0) throw new UnrollError('input.invalid', `The input should be rows of ${inputSize} numbers, but ${x.length} numbers are no whole number of rows.`)
    return
  }
  expectTokens(x, inputSize)
  if (output === 'sequence' && !decoder?.length) throw new UnrollError('input.invalid', 'The decoder has nothing to read: its tokens, the start token first, are missing.')
  if (decoder) expectTokens(decoder, outputSize)
}

function expectTokens(ids: ArrayLike<number>, vocabulary: number): void {
  for (let at = 0; at < ids.length; at++) {
    if (ids[at]! >= 0 && ids[at]! < vocabulary) continue
    throw new UnrollError('input.invalid', `Token ${at} should be 0 to ${vocabulary - 1} but is ${ids[at]}.`, { hint: 'Use only symbols that the network was trained on.' })
  }
}

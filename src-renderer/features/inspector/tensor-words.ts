import type { Trace } from '@shared/rpc/inspect-schemas'

type Tensor = Trace['tensors'][number]

/** What a letter stands for, by cell: PyTorch's names. */
const words: Record<string, string> = {
  h: 'hidden state', c: 'cell state', i: 'input gate', f: 'forget gate', g: 'candidate', o: 'output gate',
  r: 'reset gate', z: 'update gate', n: 'candidate', q: 'U h + b of n', Wx: 'W x', Uh: 'U h before it', y: 'output', embedding: 'embedding', attention: 'attention',
}

/** Values from 0 to 1: gates after the sigmoid, weights of attention. */
export const isGate = (of: string): boolean => ['i', 'f', 'o', 'r', 'z', 'attention'].includes(of)
/** Values from −1 to 1. */
const isTanh = (of: string, relu: boolean): boolean => of === 'g' || of === 'n' || (of === 'h' && !relu)

/** Where the scale of a tensor ends; null: at the largest magnitude found. */
export const knownLimit = (of: string, relu: boolean): number | null => isGate(of) || isTanh(of, relu) ? 1 : null

/** "h  hidden state" */
export const letterWords = (of: string): string => words[of] && words[of] !== of ? `${of}  ${words[of]}` : of

/** The symbol of a tensor's value: h, c, i, Wx → W x. */
export const symbolOf = (of: string): string => ({ Wx: 'W x', Uh: 'U h' })[of] ?? of

/** "layer 2", "layer 1, reverse", "encoder, layer 1"; empty where there is only one place. */
export function placeWords({ stack, layer, direction }: Tensor, all: readonly Tensor[]): string {
  const parts = [
    ...(stack ? [stack.slice(0, -1)] : []),
    ...(layer !== null && all.some((other) => other.layer !== null && other.layer !== layer) ? [`layer ${layer + 1}`] : []),
    ...(direction !== null && all.some((other) => other.direction === 'reverse') ? [direction] : []),
  ]
  return parts.join(', ')
}

/** A layer of a trace in one direction: what the step view and memory are about. */
export interface Place {
  readonly id: string
  readonly stack: Tensor['stack']
  readonly layer: number
  readonly direction: 'forward' | 'reverse'
  /** `_l0`, `_l1_reverse`, behind every letter and weight. */
  readonly suffix: string
  readonly label: string
}

export function placesOf({ tensors }: Trace): Place[] {
  return tensors.filter(({ of, layer }) => of === 'h' && layer !== null).map((tensor) => {
    const { stack, layer, direction } = tensor
    const suffix = `_l${layer}${direction === 'reverse' ? '_reverse' : ''}`
    return { id: `${stack}${suffix}`, stack, layer: layer!, direction: direction ?? 'forward', suffix, label: placeWords(tensor, tensors) || 'the only layer' }
  })
}

/** The place looked at first: the last layer, forward. */
export const firstPlace = (places: readonly Place[]): Place | null => places.filter(({ direction }) => direction === 'forward').at(-1) ?? places.at(-1) ?? null

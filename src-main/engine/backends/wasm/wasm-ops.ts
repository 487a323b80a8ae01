import type { Ops, Variable } from '../backend'
import { fault, sizeOf, slotOf, tensorOf, WasmLengths, WasmSequence, WasmTensor, WasmTokens } from './handles'
import { call } from './kernel-calls'
import { attentionOps } from './ops/attention-ops'
import { elmanOps } from './ops/elman-ops'
import { gatedOps } from './ops/gated-ops'
import { linearOps } from './ops/linear-ops'
import { lossOps } from './ops/loss-ops'
import { optimizerOps } from './ops/optimizer-ops'
import { shapingOps } from './ops/shaping-ops'
import type { Recorder } from './recorder'

/** Records every primitive as kernel calls. @param variableTensor the tensor of a variable of this backend */
export function wasmOps(recorder: Recorder, variableTensor: (variable: Variable) => WasmTensor): Ops {
  return {
    input: (name, shape) => new WasmTensor([...shape], recorder.input(name, sizeOf(shape), 'float'), 0, name),
    sequenceInput: (name, steps, batch, width) => new WasmSequence(steps, batch, width, recorder.input(name, steps * batch * width, 'float'), 0, name),
    tokensInput: (name, steps, batch) => new WasmTokens(steps, batch, recorder.input(name, steps * batch, 'int')),
    lengthsInput: (name, batch) => new WasmLengths(batch, recorder.input(name, batch, 'int')),
    variable: variableTensor,

    sequence: (steps, batch, width) =>
      new WasmSequence(steps, batch, width, recorder.block(steps * batch * width * 4), 0, null, new Array<boolean>(steps).fill(false)),
    slot: (sequence, step) => ({ sequence, step }),
    place(handle, into) {
      const tensor = tensorOf(handle, 'the tensor placed')
      const slot = slotOf(into, tensor.shape)
      const [batch, width] = tensor.shape as [number, number]
      recorder.step({
        cost: tensor.size / 4, reads: [tensor], writes: [slot], split: { batch },
        calls: ({ from, to }) => call('copy', (to - from) * width * 4, tensor.address + from * width * 4, slot.address + from * width * 4),
      })
    },
    single(handle) {
      const tensor = tensorOf(handle, 'the tensor of single')
      const [batch, width] = tensor.shape
      if (tensor.shape.length !== 2 || batch === undefined || width === undefined) fault(`single takes a tensor [batch, width], not [${tensor.shape.join(', ')}]`)
      return new WasmSequence(1, batch, width, tensor.block, tensor.offset, tensor.name)
    },
    ...linearOps(recorder),
    ...elmanOps(recorder),
    ...gatedOps(recorder),
    ...shapingOps(recorder),
    ...attentionOps(recorder),
    ...lossOps(recorder),
    ...optimizerOps(recorder),
  }
}

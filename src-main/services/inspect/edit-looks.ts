import { UnrollError } from '@shared/errors'
import { assign } from '../../engine/inspect/assignment'
import { correlationMatrix } from '../../engine/inspect/correlation'
import { editedInput, editedNetwork, type Edit } from '../../engine/inspect/edits'
import type { Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'
import { traceLooks, type OpenedTrace } from './trace-looks'

export const editLooks = {
  /** The same sequence through the network with edits made, as a trace of its own; `base` stays as it is. */
  async ablate(room: LookRoom, { base, trace, edits }: { base: string; trace: string; edits: Edit[] }, work: Work): Promise<OpenedTrace & { x: Int32Array | Float32Array }> {
    const { network, input } = room.traces.get(base)
    const changed = editedInput(input, network.inputSize, edits)
    return { ...await traceLooks.openTrace(room, { trace, network: editedNetwork(network, edits), input: changed }, work), x: changed.x }
  },

  /**
   * Which unit of a second trace goes with each of a first one over the same steps: the assignment of the largest sum of |r|.
   * @param from, to of the first; `shift` from its steps to the second's
   */
  async compare(room: LookRoom, { first, second, tensor, other, from, to, shift }: { first: string; second: string; tensor: string; other: string; from: number; to: number; shift: number }, work: Work) {
    const [a, b] = [room.traces.get(first), room.traces.get(second)]
    const [width, otherWidth] = [a.spec(tensor).width, b.spec(other).width]
    const [own, theirs] = [await a.read(tensor, from, to, work), await b.read(other, from + shift, to + shift, work)]
    if (own.length / width !== theirs.length / otherWidth) throw new UnrollError('inspect.other-steps', `The two traces have ${own.length / width} and ${theirs.length / otherWidth} steps there.`, { hint: 'Open both over the same sequence.' })
    const r = correlationMatrix(own, width, theirs, otherWidth)
    await work.step(1, 2)
    // The method wants at least as many columns as rows.
    const turned = width > otherWidth
    const [rows, columns] = turned ? [otherWidth, width] : [width, otherWidth]
    const cost = Float32Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns]
      return 1 - Math.abs(turned ? r[column * otherWidth + row]! : r[row * otherWidth + column]!)
    })
    const found = assign(cost, rows, columns)
    const matches = Array.from(found, (column, row) => (turned ? { unit: column, other: row } : { unit: row, other: column }))
    return { matches: matches.map(({ unit, other: partner }) => ({ unit, other: partner, r: r[unit * otherWidth + partner]! })).sort((x, y) => x.unit - y.unit) }
  },
}

import { UnrollError } from '@shared/errors'
import { assign } from '../../engine/inspect/assignment'
import { correlationMatrix } from '../../engine/inspect/correlation'
import { editedInput, editedNetwork, type Edit } from '../../engine/inspect/edits'
import { TraceSession } from '../../engine/inspect/trace-session'
import { sweepUnits } from '../../engine/inspect/unit-sweep'
import { within, type Work } from '../../engine/inspect/work'
import type { LookRoom } from './look-room'
import { openedTrace, traceLooks, type OpenedTrace } from './trace-looks'

export const editLooks = {
  /**
   * The same sequence through the network with edits made, as a trace of its own; `base` stays as it is. With `into`, an answer to
   * an earlier question about `base`, that trace takes the new numbers, which is faster.
   */
  async ablate(room: LookRoom, { base, trace, into, edits }: { base: string; trace: string; into: boolean; edits: Edit[] }, work: Work): Promise<OpenedTrace & { x: Int32Array | Float32Array }> {
    const { network, input } = room.traces.get(base)
    const changed = editedInput(input, network.inputSize, edits)
    const edited = editedNetwork(network, edits)
    if (!into) return { ...await traceLooks.openTrace(room, { trace, network: edited, input: changed }, work), x: changed.x }
    const session = room.traces.get(trace)
    try {
      await session.reread(edited, changed, work)
    } catch (error) {
      // Half of one and half of the other is nothing to look at.
      await room.traces.remove(trace)
      throw error
    }
    return { ...openedTrace(session), x: changed.x }
  },

  /** The loss and the outputs with each unit of a cell silenced in turn. */
  async sweep(room: LookRoom, { trace, cell, units, classes }: { trace: string; cell: string; units: number; classes: boolean }, work: Work) {
    const { network, input } = room.traces.get(trace)
    return room.once(async (backend) => {
      const session = await TraceSession.open(backend, network, input, work)
      try {
        return await sweepUnits(session, cell, units, classes, work)
      } finally {
        await session.dispose()
      }
    })
  },

  /**
   * Which unit of a second trace goes with each of a first one over the same steps: the assignment of the largest sum of |r|.
   * @param from, to of the first; `shift` from its steps to the second's
   */
  async compare(room: LookRoom, { first, second, tensor, other, from, to, shift }: { first: string; second: string; tensor: string; other: string; from: number; to: number; shift: number }, work: Work) {
    const [a, b] = [room.traces.get(first), room.traces.get(second)]
    const [spec, otherSpec] = [a.spec(tensor), b.spec(other)]
    const [width, otherWidth] = [spec.width, otherSpec.width]
    // States are there already; anything else is computed for all steps.
    const read = a.isState(spec) && b.isState(otherSpec) ? 0 : 0.4
    const [own, theirs] = [await a.read(tensor, from, to, within(work, 0, read / 2)), await b.read(other, from + shift, to + shift, within(work, read / 2, read))]
    if (own.length / width !== theirs.length / otherWidth) throw new UnrollError('inspect.other-steps', `The two traces have ${own.length / width} and ${theirs.length / otherWidth} steps there.`, { hint: 'Open both over the same sequence.' })
    const correlated = read + (1 - read) * own.length / width / (own.length / width + Math.min(width, otherWidth))
    const r = await correlationMatrix(own, width, theirs, otherWidth, within(work, read, correlated))
    // The method wants at least as many columns as rows.
    const turned = width > otherWidth
    const [rows, columns] = turned ? [otherWidth, width] : [width, otherWidth]
    const cost = Float32Array.from({ length: rows * columns }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns]
      return 1 - Math.abs(turned ? r[column * otherWidth + row]! : r[row * otherWidth + column]!)
    })
    const found = await assign(cost, rows, columns, within(work, correlated, 1))
    const matches = Array.from(found, (column, row) => (turned ? { unit: column, other: row } : { unit: row, other: column }))
    return { matches: matches.map(({ unit, other: partner }) => ({ unit, other: partner, r: r[unit * otherWidth + partner]! })).sort((x, y) => x.unit - y.unit) }
  },
}

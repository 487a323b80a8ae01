import { UnrollError } from '@shared/errors'
import { cellMap } from '../../engine/inspect/cell-map'
import { cellWeight } from '../../engine/inspect/edits'
import { eigenvalues } from '../../engine/inspect/eigen'
import { featureOf, type FeatureSpec } from '../../engine/inspect/features'
import { fixedPointDefaults, fixedPoints } from '../../engine/inspect/fixed-points'
import { gatherStates } from '../../engine/inspect/gathered-states'
import { principalComponents } from '../../engine/inspect/pca'
import { stateLetters } from '../../engine/inspect/trace-tensors'
import type { TraceSession } from '../../engine/inspect/trace-session'
import { umap } from '../../engine/inspect/umap'
import { clusterOrder, varianceOrder } from '../../engine/inspect/unit-order'
import type { Work } from '../../engine/inspect/work'
import type { StackPrefix } from '../../engine/bptt/programs'
import type { LookRoom } from './look-room'
import type { CorpusArguments } from './meaning-looks'

export interface CellPlace { trace: string; stack: StackPrefix; layer: number; direction: 'forward' | 'reverse' }

export interface SpaceArguments {
  /** States of the data; null: of the trace alone. */
  cloud: (CorpusArguments & { most: number; features: FeatureSpec[] }) | null
  /** Steps of the session. */
  trajectory: { trace: string; tensor: string; from: number; to: number } | null
  method: 'pca' | 'umap'
  components: number
  neighbours: number
  minDist: number
  seed: number
}

const gatesOfCell = { rnn: ['U'], gru: ['r', 'z', 'n'], lstm: ['i', 'f', 'g', 'o'] } as const
/** Eigenvalues of more take minutes. */
const largestMatrix = 1100

export const spaceLooks = {
  /** States as points in two or three dimensions: a cloud of the data's, a trajectory of a trace's, or both in one picture. */
  async space(room: LookRoom, { cloud, trajectory, method, components, neighbours, minDist, seed }: SpaceArguments, work: Work) {
    const gathered = cloud && await room.once((backend) => gatherStates(backend, cloud.network, cloud.corpus, cloud.tensor, cloud.most, work))
    const session = trajectory && room.traces.get(trajectory.trace)
    const own = session && { values: await session.read(trajectory.tensor, trajectory.from, trajectory.to, work), width: session.spec(trajectory.tensor).width }
    const width = gathered?.width ?? own?.width ?? 0
    if (gathered && own && gathered.width !== own.width) throw new UnrollError('inspect.other-width', `The data's states have ${gathered.width} units, but the trace's ${own.width}.`, { hint: 'Choose the same tensor of the same run for both.' })
    const rows = joined(gathered?.states, own?.values)
    if (rows.length / width < 3) throw new UnrollError('inspect.too-few', 'A picture of states needs at least three of them.', { hint: 'Choose a longer stretch.' })
    // The axes are the data's where there is data, so that a trajectory doesn't move them.
    const pca = principalComponents(gathered?.states ?? rows, width, components)
    const points = method === 'pca' ? projected(rows, width, pca) : await umap(rows, width, { components, neighbours, minDist, seed }, work)
    const count = (gathered?.steps.length ?? 0) * points.length / (rows.length / width)
    return {
      width, cloud: points.slice(0, count), trajectory: points.slice(count),
      steps: gathered?.steps ?? new Int32Array(0),
      colours: cloud === null || gathered === null ? [] : cloud.features.map((spec) => {
        const { name, kind, classes, values } = featureOf(cloud.corpus, cloud.symbols, spec)
        return { name, kind, classes: classes && [...classes], values: Float32Array.from(gathered.steps, (step) => values[step]!) }
      }),
      axes: pca.axes, mean: pca.mean, explained: pca.explained,
    }
  },

  /** @param input where W x comes from: a step, the mean over steps (of the session), or none */
  async fixedPoints(room: LookRoom, { input, starts, steps, tolerance, ...place }: CellPlace & { input: { from: number; to: number } | null; starts: number; steps: number; tolerance: number }, work: Work) {
    const { session, suffix, map } = await cellAt(room, place, input, work)
    const states = statesOf(session, place, suffix)
    const count = states[0]!.values.length / states[0]!.width
    const from = Array.from({ length: Math.min(starts, count) }, (_, at) => stateAt(states, Math.floor((at + 0.5) * count / Math.min(starts, count))))
    const found = await fixedPoints(map, from, { ...fixedPointDefaults, steps, tolerance }, work)
    return { size: map.size, starts: from.length, points: found.map(({ state, re, im, ...rest }) => ({ ...rest, state: Float32Array.from(state), re: Float32Array.from(re), im: Float32Array.from(im) })) }
  },

  /** Eigenvalues of ∂(state after a step)/∂(state before it). */
  async jacobian(room: LookRoom, { step, ...place }: CellPlace & { step: number }, work: Work) {
    const { session, suffix, map } = await cellAt(room, place, { from: step, to: step + 1 }, work)
    const states = statesOf(session, place, suffix)
    const before = step + (place.direction === 'reverse' ? 1 : -1)
    const count = states[0]!.values.length / states[0]!.width
    const state = before >= 0 && before < count ? stateAt(states, before) : new Float64Array(map.size)
    const { re, im } = eigenvalues(map.jacobian(state), map.size)
    return { re: Float32Array.from(re), im: Float32Array.from(im) }
  },

  /** Eigenvalues of U, of each gate's own. */
  async spectrum(room: LookRoom, { trace, stack, layer, direction }: CellPlace, work: Work) {
    const { network } = room.traces.get(trace)
    const name = cellWeight(`${stack}l${layer}${direction === 'reverse' ? '_reverse' : ''}`, 'weight_hh')
    const weight = network.weights[name]
    if (!weight) throw new UnrollError('inspect.no-tensor', `This network has no weight "${name}".`)
    const hidden = weight.shape[1]!
    expectSmall(hidden)
    const gates = gatesOfCell[network.model.cell]
    const blocks: { gate: string; re: Float32Array; im: Float32Array }[] = []
    for (const [index, gate] of gates.entries()) {
      const { re, im } = eigenvalues(weight.data.subarray(index * hidden * hidden, (index + 1) * hidden * hidden), hidden)
      blocks.push({ gate, re: Float32Array.from(re), im: Float32Array.from(im) })
      await work.step(index + 1, gates.length)
    }
    return { name, blocks }
  },

  async order(room: LookRoom, { trace, tensor, by, from, to }: { trace: string; tensor: string; by: 'clustering' | 'variance'; from: number; to: number }, work: Work) {
    const session = room.traces.get(trace)
    const { width } = session.spec(tensor)
    const values = await session.read(tensor, from, to, work)
    return { order: by === 'variance' ? varianceOrder(values, width) : await clusterOrder(values, width, work) }
  },
}

/** A cell as a map under W x of a step, of the mean of steps, or of nothing. */
async function cellAt(room: LookRoom, { trace, stack, layer, direction }: CellPlace, input: { from: number; to: number } | null, work: Work) {
  const session = room.traces.get(trace)
  const suffix = `l${layer}${direction === 'reverse' ? '_reverse' : ''}`
  const spec = session.spec(`${stack}Wx_${suffix}`)
  const given = new Float64Array(spec.width)
  if (input) {
    const rows = await session.read(spec.name, input.from, input.to, work)
    rows.forEach((value, at) => { given[at % spec.width]! += value / (rows.length / spec.width) })
  }
  const map = cellMap(session.network.model, session.network.weights, `${stack}rnn.`, suffix, given)
  expectSmall(map.size)
  return { session, suffix, map }
}

const statesOf = (session: TraceSession, { stack }: Pick<CellPlace, 'stack'>, suffix: string) => stateLetters[session.network.model.cell].map((letter) => {
  const { name, width } = session.spec(`${stack}${letter}_${suffix}`)
  return { values: session.state(name), width }
})

/** h, or h then c, at a step. */
function stateAt(states: readonly { values: Float32Array; width: number }[], step: number): Float64Array {
  return Float64Array.from(states.flatMap(({ values, width }) => [...values.subarray(step * width, (step + 1) * width)]))
}

function expectSmall(size: number): void {
  if (size <= largestMatrix) return
  throw new UnrollError('inspect.too-large', `Eigenvalues of a matrix of ${size.toLocaleString('en')} rows take too long; up to ${largestMatrix.toLocaleString('en')} are computed.`, { hint: 'Look at a smaller layer.' })
}

function projected(rows: Float32Array, width: number, { axes, mean }: { axes: Float32Array; mean: Float32Array }): Float32Array {
  const components = axes.length / width
  const count = rows.length / width
  return Float32Array.from({ length: count * components }, (_, at) => {
    const [row, axis] = [Math.floor(at / components), at % components]
    let sum = 0
    for (let column = 0; column < width; column++) sum += (rows[row * width + column]! - mean[column]!) * axes[axis * width + column]!
    return sum
  })
}

function joined(a: Float32Array | undefined, b: Float32Array | undefined): Float32Array {
  const all = new Float32Array((a?.length ?? 0) + (b?.length ?? 0))
  if (a) all.set(a)
  if (b) all.set(b, a?.length ?? 0)
  return all
}

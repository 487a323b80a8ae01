import { dataFeature } from './data-features'
import type { InspectHandlers, InspectService } from './inspect-service'
import { readPart } from './meaning-handlers'

type SpaceMethods = 'inspect.space' | 'inspect.fixedPoints' | 'inspect.jacobian' | 'inspect.spectrum' | 'inspect.order'

/** State space: pictures of states, fixed points, eigenvalues, the order of units. */
export function spaceHandlers(service: InspectService): Pick<InspectHandlers, SpaceMethods> {
  return {
    async 'inspect.space'({ cloud, trajectory, task, ...rest }) {
      const part = cloud && await readPart(service, cloud, cloud.read)
      const shift = trajectory ? service.offset(trajectory.trace, trajectory.tensor) : 0
      const { steps, explained, ...found } = await service.look('space', {
        ...rest,
        cloud: cloud && part && { ...part.look, most: cloud.most, features: cloud.features.map((asked) => dataFeature(part.model, part.dataset, part.data, asked)) },
        trajectory: trajectory && { ...trajectory, from: trajectory.from + shift, to: trajectory.to + shift },
      }, task)
      return {
        ...found, components: rest.components, explained: [...explained],
        places: Array.from(steps, (step) => ({ ...part!.data.place(step), label: part!.data.labels(step, step + 1)[0] ?? '' })),
      }
    },
    async 'inspect.fixedPoints'({ input, task, ...rest }) {
      const shift = service.offset(rest.trace, rest.stack)
      const from = input.kind === 'none' ? null : input.kind === 'step' ? { from: input.step + shift, to: input.step + shift + 1 } : { from: input.from + shift, to: Math.max(input.from + 1, input.to) + shift }
      return service.look('fixedPoints', { ...rest, input: from }, task)
    },
    async 'inspect.jacobian'({ step, task, ...place }) {
      return service.look('jacobian', { ...place, step: step + service.offset(place.trace, place.stack) }, task)
    },
    'inspect.spectrum': ({ task, ...place }) => service.look('spectrum', place, task),
    async 'inspect.order'({ trace, tensor, by, from, to, task }) {
      const shift = service.offset(trace, tensor)
      const { order } = await service.look('order', { trace, tensor, by, from: from + shift, to: to === null ? Number.MAX_SAFE_INTEGER : to + shift }, task)
      return { order: [...order] }
    },
  }
}

import type { InspectHandlers, InspectService } from './inspect-service'

type MemoryMethods = 'inspect.flow' | 'inspect.gradients' | 'inspect.occlusion'

/** Memory: how far back states and outputs depend on what came before. Steps are counted as the trace shows them. */
export function memoryHandlers(service: InspectService): Pick<InspectHandlers, MemoryMethods> {
  return {
    async 'inspect.flow'({ trace, from, to, task, ...rest }) {
      const before = service.offset(trace, 'h')
      const found = await service.look('flow', { trace, from: from + before, to: to + before, ...rest }, task)
      return { ...found, from: found.from - before }
    },
    async 'inspect.gradients'({ trace, from, to, steps, followed, task }) {
      const before = service.offset(trace, 'h')
      const found = await service.look('inputGradients', { trace, from: from + before, to: to + before, steps: steps?.map((step) => step + before) ?? null, followed }, task)
      return { ...found, from: found.from - before }
    },
    async 'inspect.occlusion'({ trace, from, to, filling, task }) {
      const before = service.offset(trace, 'h')
      const found = await service.look('occlude', { trace, from: from + before, to: to + before, filling }, task)
      return { ...found, from: found.from - before }
    },
  }
}

import type { Ops } from '../backend'
import { attentionContext } from './kernels/attention-context'
import { attentionKeyGradient } from './kernels/attention-key-gradient'
import { attentionMeans } from './kernels/attention-means'
import { attentionNorms } from './kernels/attention-norms'
import { attentionScoreGradient } from './kernels/attention-score-gradient'
import { attentionScores } from './kernels/attention-scores'
import { attentionWeights } from './kernels/attention-weights'
import { packedSequence } from './made'
import type { Plan } from './plan'
import { gpuLengths, gpuSequence } from './tensors'

export function attentionOps(plan: Plan): Pick<Ops, 'attend' | 'attendBackward'> {
  return {
    attend({ queries, keys, lengths }) {
      const q = gpuSequence(queries, 'the queries')
      const { steps, batch, width: hidden } = q
      const k = gpuSequence(keys, 'the keys', [keys.steps, batch, hidden])
      const valid = gpuLengths(lengths, batch)
      const rows = steps * batch
      const integers = { keys: k.steps, batch, hidden }
      const over = { integers: { keys: k.steps, batch, rows } }
      const scores = plan.call(attentionScores, rows * k.steps, [q.view.buffer, q.view.offset, k.view.buffer, k.view.offset, valid], { integers })
      const norms = plan.call(attentionNorms, 2 * rows, [scores, valid], over)
      const weights = plan.call(attentionWeights, rows * k.steps, [scores, norms, valid], over)
      const context = plan.call(attentionContext, rows * hidden, [weights, 0, k.view.buffer, k.view.offset, valid], { integers })
      return { context: packedSequence(context, steps, batch, hidden), weights: packedSequence(weights, steps, batch, k.steps) }
    },

    attendBackward({ gradient, queries, keys, weights, lengths }) {
      const g = gpuSequence(gradient, 'the gradient')
      const { steps, batch, width: hidden } = g
      const { view: q } = gpuSequence(queries, 'the queries', [steps, batch, hidden])
      const k = gpuSequence(keys, 'the keys', [keys.steps, batch, hidden])
      const { view: w } = gpuSequence(weights, 'the weights', [steps, batch, k.steps])
      const valid = gpuLengths(lengths, batch)
      const rows = steps * batch
      const integers = { keys: k.steps, batch, hidden }
      const over = { integers: { keys: k.steps } }
      // ∂L/∂α is to the gradient of the context what a score is to its query.
      const reaching = plan.call(attentionScores, rows * k.steps, [g.view.buffer, g.view.offset, k.view.buffer, k.view.offset, valid], { integers })
      const means = plan.call(attentionMeans, rows, [w.buffer, w.offset, reaching], over)
      const scores = plan.call(attentionScoreGradient, rows * k.steps, [w.buffer, w.offset, reaching, means], over)
      const towardsQueries = plan.call(attentionContext, rows * hidden, [scores, 0, k.view.buffer, k.view.offset, valid], { integers })
      const args = [g.view.buffer, g.view.offset, q.buffer, q.offset, w.buffer, w.offset, scores]
      const towardsKeys = plan.call(attentionKeyGradient, k.steps * batch * hidden, args, { integers: { ...integers, steps } })
      return { queries: packedSequence(towardsQueries, steps, batch, hidden), keys: packedSequence(towardsKeys, k.steps, batch, hidden) }
    },
  }
}

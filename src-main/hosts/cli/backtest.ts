import type { Backtest } from '@shared/rpc/schemas'
import { backtestOf } from '../../services/models/backtesting'
import type { EvalOptions } from './eval'
import { laidOut } from './figures-table'
import { dataOf, withModel } from './with-model'
import { count, figure } from './words'

/** Lead times a terminal shows; --json has all of them. */
const mostShown = 24

/** `unroll eval RUN --backtest FOLDS`: forecasts from so many places of a held-out part, beside the baselines. */
export async function backtestRun(run: string, { part = 'test', weights, json, backtest, steps }: EvalOptions & { backtest: number }): Promise<void> {
  const { name, found } = await withModel(run, weights, async (client, model, host) => {
    const { args, describe } = backtestOf(model, await dataOf(host, run, model), { part, origins: backtest, steps })
    return { name: model.record.name, found: describe(await client.look('backtest', 'backtest', args)) }
  })
  process.stdout.write(json === true ? `${JSON.stringify(found, (_key, value: unknown) => (value instanceof Float32Array ? Array.from(value) : value))}\n` : inWords(name, found))
}

function inWords(name: string, { column, step, part, steps, origins, first, last, models }: Backtest): string {
  const titled = (model: Backtest['models'][number]) => (model.network ? name : model.name)
  const scaled = models.some(({ mase }) => mase !== null)
  const overall = laidOut([['', 'MAE', 'RMSE', ...scaled ? ['MASE'] : []], ...models.map((model) => [titled(model), figure(model.mae), figure(model.rmse), ...scaled ? [model.mase === null ? '' : figure(model.mase)] : []])])
  const leads = Array.from({ length: Math.min(steps, mostShown) }, (_, lead) => [`${lead + 1}`, ...models.map(({ byLead }) => figure(byLead.mae[lead]!))])
  return [
    `${origins === 1 ? 'One forecast' : `${count(origins)} forecasts`} of ${count(steps)} row${steps === 1 ? '' : 's'} of ${column} over the ${part} part, from ${first} to ${last}; weights of step ${count(step)}.`,
    'Rolling origin, not refitted: network and baselines know the training part and what stands before each origin.\n',
    overall,
    `MAE by rows ahead${steps > mostShown ? `, the first ${mostShown} of ${count(steps)}` : ''}:`,
    laidOut([['', ...models.map(titled)], ...leads]),
  ].join('\n')
}

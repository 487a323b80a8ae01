import type { Run } from '@shared/rpc/schemas'
import { figuresTable } from './figures-table'
import { count, duration, figure } from './words'

/** The result beside the baselines, best first. */
export function summaryOf(run: Run, folder: string): string {
  const lines: string[] = []
  const { last, best, experiment } = run
  const unit = experiment.task.loss === 'cross-entropy' ? ' nats' : ''
  const steps = `${count(run.step)} of ${count(run.totalSteps)} steps${last?.elapsedMs === undefined ? '' : ` in ${duration(last.elapsedMs)}`}`
  lines.push(`${run.state === 'done' ? 'Done' : 'Stopped'}: ${steps}${last === null ? '' : `, training loss ${figure(last.loss)}${unit}`}.`)
  if (run.figures !== null) {
    lines.push(`${best === null ? 'The last weights' : `The best weights, of step ${count(best.step)},`} beside the baselines:`, figuresTable({ ...run, figures: run.figures }).trimEnd(), `Kept in ${folder}`)
    return `${lines.join('\n')}\n`
  }
  const reached = best?.loss ?? last?.loss
  if (reached !== undefined) {
    const rows = [
      { name: best === null ? `${run.name} (training)` : `${run.name} (step ${count(best.step)})`, loss: reached, description: 'this run' },
      ...run.baselines,
    ].sort((a, b) => a.loss - b.loss)
    const width = Math.max(...rows.map(({ name }) => name.length))
    lines.push(`${best === null ? 'Loss' : 'Validation loss'}${unit === '' ? '' : ','}${unit} (lower is better):`)
    for (const { name, loss, description } of rows) lines.push(`  ${name.padEnd(width)}  ${figure(loss).padStart(9)}  ${description}`)
  }
  lines.push(`Kept in ${folder}`)
  return `${lines.join('\n')}\n`
}

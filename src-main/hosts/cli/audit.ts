import { dirname, resolve } from 'node:path'
import type { Audit, AuditFinding } from '../../data/audit/audit'
import { withDataWorker } from '../../services/data-client'
import { readExperiment } from '../../services/experiments/read-experiment'
import { nodeHost } from '../node-host'
import { warn } from './report'
import { count } from './words'

export interface AuditOptions { json?: boolean }

/** `unroll audit FILE`: what crosses the split of an experiment's data, and how to mend it; exit code 0 whatever is found. */
export async function audit(file: string, { json }: AuditOptions): Promise<void> {
  const { experiment, warnings } = await readExperiment(file)
  for (const warning of warnings) warn(warning)
  const folder = dirname(resolve(file))
  const found = await withDataWorker(nodeHost({ kind: 'cli', home: folder }), (worker) => worker.audit('audit', experiment, folder))
  process.stdout.write(json === true ? `${JSON.stringify(found)}\n` : inWords(found))
}

const marks: Record<AuditFinding['level'], string> = { leak: 'leak ', note: 'note ', clean: 'clean' }

function inWords({ parts, findings }: Audit): string {
  const sizes = parts.map((each) => `${each.part} ${count(each.count)}`).join(', ')
  const lines = findings.flatMap(({ level, message, mend, examples }) => [
    `${marks[level]}  ${message}`,
    ...(examples.length > 0 ? [`       such as ${examples.join(', ')}`] : []),
    ...(mend === null ? [] : [`       ${level === 'leak' ? 'mend: ' : ''}${mend}`]),
  ])
  const leaks = findings.filter(({ level }) => level === 'leak').length
  return `${sizes}\n\n${lines.join('\n')}\n\n${leaks === 0 ? 'Nothing crosses the split.' : `${leaks === 1 ? 'One thing crosses' : `${leaks} things cross`} the split.`}\n`
}

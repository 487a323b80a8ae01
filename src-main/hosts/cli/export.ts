import { dirname, relative, resolve } from 'node:path'
import { makeFolder } from '../../services/files/atomic'
import { exportExperiment, exportSafetensors } from '../../services/models/model-export'
import { RunFolder, type WhichWeights } from '../../services/runs/run-folder'
import { withModel } from './with-model'
import { count } from './words'

export interface ExportOptions { format: 'safetensors' | 'experiment'; out: string; weights: WhichWeights }

/** `unroll export RUN --format F --out FILE`: writes the file whole or not at all, and says how it was checked. */
export async function exportRun(run: string, { format, out, weights }: ExportOptions): Promise<void> {
  const path = resolve(out)
  await makeFolder(dirname(path))
  const { bytes, verified } = format === 'experiment'
    ? await exportExperiment((await new RunFolder(resolve(run)).read()).experiment, path)
    : await withModel(run, weights, (client, model) => exportSafetensors(client, model, path))
  process.stdout.write(`${relative('', path)}: ${count(bytes)} bytes. ${verified}\n`)
}

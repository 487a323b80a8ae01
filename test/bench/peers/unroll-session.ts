import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { openBench, type Size } from '@main/hosts/cli/bench'
import { nodeHost } from '@main/hosts/node-host'

/** A model of this size in a compute worker, as worker.mjs's `answer` wants it. */
export async function prepare(size: Size, device: 'cpu' | 'gpu') {
  const host = nodeHost({ kind: 'cli', home: tmpdir(), workers: fileURLToPath(new URL('../../../out/main', import.meta.url)) })
  const { client, device: description } = await openBench(host, size, device)
  // As in the middle of a run: by then small programs have tried whether more than one thread helps (backends/wasm/pace.ts).
  for (let run = 0, spent = 0; run < 40 && spent < 1000; run++) spent += await client.time(1)
  const about = `Unroll ${host.version}: ${description}, ${await client.executor() ?? 'nothing'}`
  return {
    about,
    async times(count: number) {
      const ms: number[] = []
      for (let at = 0; at < count; at++) ms.push(await client.time(1))
      return ms
    },
    dispose: () => client.terminate(),
  }
}

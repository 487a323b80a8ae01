import type { FileToken } from '@shared/rpc/schemas'
import { UnrollError } from '@shared/errors'
import { type Dropped, mostFiles } from './dropped'
import type { WorkbenchHost } from './host'

const atOnce = 4

/**
 * Hands what was dropped, pasted or chosen to the main side: a file as it is, several as one folder.
 * @param onProgress told the fraction handed over, by bytes
 * @throws UnrollError what the host says, `file.too-many`, `file.none`
 */
export async function register(host: WorkbenchHost, dropped: Dropped, onProgress?: (fraction: number) => void, signal?: AbortSignal): Promise<FileToken> {
  if (dropped.kind === 'file') return host.registerFile(dropped.file, onProgress, signal)
  // The desktop knows the folder itself; a browser only what lies in it.
  if (host.kind === 'desktop' && dropped.own) return host.registerFile(dropped.own, onProgress, signal)
  const files = await dropped.files()
  if (files.length === 0) throw new UnrollError('file.none', `The folder “${dropped.name}” has no files.`, { hint: 'Choose the folder the files lie in.' })
  if (files.length > mostFiles) throw new UnrollError('file.too-many', `The folder “${dropped.name}” has more than ${mostFiles.toLocaleString('en-US')} files.`, { hint: 'Choose the folder of the data alone.' })
  const total = files.reduce((sum, { file }) => sum + file.size, 0)
  const sent = new Float64Array(files.length)
  const tell = () => onProgress?.(total > 0 ? sent.reduce((sum, bytes) => sum + bytes, 0) / total : 0)
  const placed: { token: string; path: string }[] = []
  let next = 0
  const work = async () => {
    for (let index = next++; index < files.length; index = next++) {
      signal?.throwIfAborted()
      const { path, file } = files[index]!
      const { token } = await host.registerFile(file, (fraction) => { sent[index] = fraction * file.size; tell() }, signal)
      sent[index] = file.size
      tell()
      placed[index] = { token, path }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return host.rpc.call('files.bundle', { name: dropped.name, files: placed })
}

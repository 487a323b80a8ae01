import { randomUUID } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { FileToken } from '@shared/rpc/schemas'

/** Stands between windows and paths: a window holds tokens, only this side knows what they stand for. */
export class FileTokens {
  private readonly paths = new Map<string, string>()

  /** Of a file, or of a folder. @throws UnrollError `file.not-found`, `file.not-a-file` */
  async grant(path: string, name = basename(path)): Promise<FileToken> {
    const found = await stat(path).catch((cause: unknown) => {
      throw new UnrollError('file.not-found', `The file ${name} can't be opened.`, { hint: 'Check that it is still there and that you may read it.', cause })
    })
    if (!found.isFile() && !found.isDirectory()) throw new UnrollError('file.not-a-file', `${name} is neither a file nor a folder.`, { hint: 'Choose a file, or a folder of files.' })
    const bytes = found.isDirectory() ? await bytesIn(path) : found.size
    const token = randomUUID()
    this.paths.set(token, path)
    return { token, name, bytes, ...(found.isDirectory() && { folder: true }) }
  }

  pathOf(token: string): string | null {
    return this.paths.get(token) ?? null
  }

  /** @throws UnrollError `file.unknown-token` */
  require(token: string): string {
    const path = this.pathOf(token)
    if (path === null) throw new UnrollError('file.unknown-token', 'That file was handed over in an earlier session.', { hint: 'Choose the file again.' })
    return path
  }
}

/** Bytes of all files in a folder and below; links are passed over. */
async function bytesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true })
  const sizes = await Promise.all(entries.map((entry) => entry.isDirectory() ? bytesIn(join(folder, entry.name)) : entry.isFile() ? stat(join(folder, entry.name)).then(({ size }) => size, () => 0) : 0))
  return sizes.reduce((sum, size) => sum + size, 0)
}

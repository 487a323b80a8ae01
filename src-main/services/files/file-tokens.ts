import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { FileToken } from '@shared/rpc/schemas'

/** Stands between windows and paths: a window holds tokens, only this side knows what they stand for. */
export class FileTokens {
  private readonly paths = new Map<string, string>()

  /** @throws UnrollError `file.not-found`, `file.not-a-file` */
  async grant(path: string, name = basename(path)): Promise<FileToken> {
    const found = await stat(path).catch((cause: unknown) => {
      throw new UnrollError('file.not-found', `The file ${name} can't be opened.`, { hint: 'Check that it is still there and that you may read it.', cause })
    })
    if (!found.isFile()) throw new UnrollError('file.not-a-file', `${name} is a folder; a file was expected.`, { hint: 'Choose a text or a CSV file.' })
    const token = randomUUID()
    this.paths.set(token, path)
    return { token, name, bytes: found.size }
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

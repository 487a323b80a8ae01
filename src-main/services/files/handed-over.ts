import { randomUUID } from 'node:crypto'
import { copyFile, link, mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UnrollError } from '@shared/errors'
import type { FileToken } from '@shared/rpc/schemas'
import type { FileTokens } from './file-tokens'

/** What came without a file of its own, pasted text, or as many files at once; kept for this session. */
export class HandedOver {
  constructor(private readonly folder: string, private readonly tokens: FileTokens) {}

  /** Forgets those of earlier sessions. */
  empty(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }

  /** @throws UnrollError `file.unwritable` */
  async text(name: string, text: string): Promise<FileToken> {
    return this.kept(async (folder) => {
      await writeFile(join(folder, name), text, { flag: 'wx' })
      return this.tokens.grant(join(folder, name))
    })
  }

  /**
   * Files as one folder, each at its own path in it.
   * @throws UnrollError `file.unknown-token`, `file.same-path`, `file.unwritable`
   */
  async bundle(name: string, files: readonly { token: string; path: string }[]): Promise<FileToken> {
    return this.kept(async (folder) => {
      for (const { token, path } of files) {
        const [from, to] = [this.tokens.require(token), join(folder, name, path)]
        await mkdir(dirname(to), { recursive: true })
        // Linked where it lies on the same disk; a copy elsewhere.
        await link(from, to).catch((error: unknown) => {
          if (codeOf(error) === 'EEXIST') throw new UnrollError('file.same-path', `Two of the files are called ${path}.`, { hint: 'Rename one of them, or hand over the folder they lie in.' })
          return copyFile(from, to)
        })
      }
      return this.tokens.grant(join(folder, name))
    })
  }

  private async kept(fill: (folder: string) => Promise<FileToken>): Promise<FileToken> {
    const folder = join(this.folder, randomUUID())
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return await fill(folder)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      if (error instanceof UnrollError) throw error
      throw new UnrollError('file.unwritable', `What was handed over can't be kept: ${error instanceof Error ? error.message : String(error)}.`, { hint: 'Check that the disk has room.', cause: error })
    }
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : null)

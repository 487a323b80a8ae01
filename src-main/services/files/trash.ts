import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UnrollError } from '@shared/errors'
import { makeFolder } from './atomic'

/** Removed folders wait here, so that a removal can be undone. Emptied when the next session begins. */
export class Trash {
  constructor(private readonly folder: string) {}

  async empty(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  async take(path: string, id: string): Promise<void> {
    await makeFolder(this.folder)
    await rm(join(this.folder, id), { recursive: true, force: true })
    await rename(path, join(this.folder, id))
  }

  async putBack(id: string, path: string): Promise<void> {
    if (!existsSync(join(this.folder, id))) {
      throw new UnrollError('trash.not-found', `Nothing named ${id} was removed in this session.`, { hint: 'A removal can be undone until Unroll is closed.' })
    }
    await rename(join(this.folder, id), path)
  }
}

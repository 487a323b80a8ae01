import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UnrollError } from '@shared/errors'
import type { FileToken } from '@shared/rpc/schemas'
import type { Services } from '../../services/host-capabilities'

/** Bytes; larger files are better put on the serving machine itself. */
export const uploadLimit = 4 * 2 ** 30

/**
 * Files sent by the browser, each in a folder of its own until the server ends. The folder's name is ours; the file keeps
 * the user's, which `uploadName` has checked, so that errors name it.
 */
export class Uploads {
  private readonly folder: string

  constructor(home: string, private readonly grantFile: Services['grantFile'], private readonly limit = uploadLimit) {
    this.folder = join(home, 'uploads')
  }

  /**
   * Streams a request's body to disk; a cancelled or failed one leaves nothing.
   * @throws UnrollError `upload.too-large`, `upload.cancelled`
   */
  async receive(request: IncomingMessage, name: string): Promise<FileToken> {
    if (Number(request.headers['content-length'] ?? 0) > this.limit) throw this.tooLarge(name)
    const folder = join(this.folder, randomBytes(16).toString('hex'))
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const path = join(folder, name)
    try {
      await pipeline(request, this.counted(name), createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }))
      return await this.grantFile(path, name)
    } catch (error) {
      await rm(folder, { recursive: true, force: true })
      throw explained(error, name)
    }
  }

  /** Removes all files sent, also those of a start that was cut short. */
  clear(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }

  private counted(name: string): Transform {
    let bytes = 0
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length
        if (bytes > this.limit) done(this.tooLarge(name))
        else done(null, chunk)
      },
    })
  }

  private tooLarge(name: string): UnrollError {
    return new UnrollError('upload.too-large', `"${name}" is larger than the ${this.limit.toLocaleString('en')} bytes that a browser may send.`, {
      hint: 'Import a part of it. Or put the file on the serving machine, name its path in an experiment file there, and train it with "unroll train FILE".',
    })
  }
}

function explained(error: unknown, name: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE') {
    return new UnrollError('upload.cancelled', `The upload of "${name}" ended before all of it had come.`, { cause: error })
  }
  if (code === 'ENOSPC') {
    return new UnrollError('upload.disk-full', `"${name}" does not fit on the serving machine's disk.`, { hint: 'Make room there, then send it again.', cause: error })
  }
  return error
}

/** The file name in an upload's address; null when it is none. */
export function uploadName(pathname: string): string | null {
  let name: string
  try { name = decodeURIComponent(pathname.slice('/files/'.length)) } catch { return null }
  return name.length === 0 || Buffer.byteLength(name) > 255 || /[/\\]|\p{Cc}/u.test(name) || name === '.' || name === '..' ? null : name
}

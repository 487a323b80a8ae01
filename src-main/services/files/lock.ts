import { readFileSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { UnrollError } from '@shared/errors'
import { codeOf, unwritable } from './atomic'

export interface Lock {
  release(): void
}

/**
 * Holds a folder for this process by a file that names it. A lock whose process is gone is taken over.
 * @param what what the lock guards, as a user knows it: "the folder /home/ada/unroll"
 * @throws UnrollError `folder.in-use` with the process that holds it, `file.unwritable`
 */
export async function takeLock(file: string, what: string): Promise<Lock> {
  const mine = signature(process.pid)
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      await writeFile(file, mine, { flag: 'wx' })
      return { release: () => { if (read(file) === mine) rmSync(file, { force: true }) } }
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw unwritable(file, error)
    }
    const holder = read(file)
    if (holder !== null && isAlive(holder)) {
      throw new UnrollError('folder.in-use', `Another Unroll (process ${holder.split(' ')[0]}) is using ${what}.`, {
        hint: 'Close it, or work in another folder.', where: { file },
      })
    }
    rmSync(file, { force: true })
  }
  throw new UnrollError('folder.in-use', `Other processes keep taking ${what}.`, { where: { file } })
}

/** Whether a process that is still there holds the lock. */
export function isLocked(file: string): boolean {
  const holder = read(file)
  return holder !== null && isAlive(holder)
}

function isAlive(holder: string): boolean {
  const pid = Number(holder.split(' ')[0])
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
  return signature(pid) === holder
}

/** Process number and, where the system tells it, its start time: numbers are used again after a restart. */
function signature(pid: number): string {
  const stat = read(`/proc/${pid}/stat`)
  // Field 22, counted after the program's name, which may hold spaces and brackets itself.
  const start = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return start === undefined ? String(pid) : `${pid} ${start}`
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

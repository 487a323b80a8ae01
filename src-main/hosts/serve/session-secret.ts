import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, unwritable } from '../../services/files/atomic'
import { newSecret } from './security'

/**
 * What a signed-in browser's cookie holds. Kept in the home folder, readable by its owner alone, so that an open page
 * goes on after a restart; the token in the printed address is another one, new at each start.
 * @throws UnrollError `file.unwritable`
 */
export async function sessionSecret(home: string): Promise<string> {
  await makeFolder(home)
  const path = join(home, 'serve-session')
  try {
    const file = await open(path, 'wx', 0o600)
    try {
      const secret = newSecret()
      await file.writeFile(secret)
      await file.sync()
      return secret
    } finally {
      await file.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unwritable(path, error)
  }
  const kept = (await readFile(path, 'utf8')).trim()
  // An unfinished file of a start that was cut short: this start's cookie ends with it.
  return kept.length >= 43 ? kept : newSecret()
}

import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'

/**
 * The workbench's built files by the path a page names them with: "/index.html". The list is made once, and only what is
 * on it can be had: no path on disk is ever made of what a page says.
 */
export async function pageFiles(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(entry.parentPath, entry.name)
    files.set(`/${relative(root, path).split(sep).join('/')}`, path)
  }
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}

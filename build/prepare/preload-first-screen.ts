import type { Plugin } from 'vite'

/**
 * Names the start screen's code in the page's head: the browser then fetches and compiles it beside the program's own,
 * instead of hearing of it when that runs.
 * @param screen the end of its module's path
 */
export function preloadFirstScreen(screen: string): Plugin {
  return {
    name: 'unroll:preload-first-screen',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle, filename }) {
        if (!bundle || !filename.endsWith('index.html')) return html
        const chunks = Object.values(bundle).filter((output) => output.type === 'chunk')
        const first = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(screen))
        if (!first) throw new Error(`No chunk of the page is ${screen}: the start screen was renamed.`)
        const all = [first, ...chunks.filter(({ fileName }) => first.imports.includes(fileName))]
        const link = (file: string, attrs: Record<string, string>) => ({ tag: 'link', attrs: { ...attrs, crossorigin: true, href: `./${file}` }, injectTo: 'head' as const })
        const missing = (files: readonly string[]) => [...new Set(files)].filter((file) => !html.includes(file))
        return [
          ...missing(all.map(({ fileName }) => fileName)).map((file) => link(file, { rel: 'modulepreload' })),
          ...missing(all.flatMap(({ viteMetadata }) => [...viteMetadata?.importedCss ?? []])).map((file) => link(file, { rel: 'stylesheet' })),
        ]
      },
    },
  }
}

/**
 * Replaces `$(NAME)` by the variable's value; an unknown name stays as it is, `$$` is one dollar, so that `$$(NAME)`
 * stays `$(NAME)`. Source: k8s.io/kubernetes third_party/forked/golang/expansion.
 */
export function expand(text: string, variable: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (found, name: string | undefined) => {
    if (name === undefined) return '$';
    return variable(name) ?? found;
  });
}

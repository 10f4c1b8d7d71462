/** Last part of an image's name: `docker.io/library/httpd:2.4@sha256:…` is `httpd`. */
export function imageName(image: string): string {
  const path = image.split('@')[0] ?? '';
  const last = path.slice(path.lastIndexOf('/') + 1);
  return last.split(':')[0] ?? '';
}

/** Tag of an image, or undefined when it has none: `localhost:5000/httpd:2.4` has `2.4`. */
export function imageTag(image: string): string | undefined {
  const path = image.split('@')[0] ?? '';
  return path.slice(path.lastIndexOf('/') + 1).split(':')[1];
}

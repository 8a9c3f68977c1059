/**
 * This process's environment without what would lead a client elsewhere or make it another one: proxies, accounts and
 * settings of S3 clients.
 */
export function neutralEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS_|DS3_|RCLONE_|.*_proxy$)/i.test(name));
  return Object.fromEntries(kept);
}

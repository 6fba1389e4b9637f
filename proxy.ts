import { type NextRequest, NextResponse } from "next/server";

/** Tells the pages behind the sign-in where the person was going: a layout is not told its own address. */
export function proxy(request: NextRequest) {
  const headers = new Headers(request.headers);
  headers.set("x-understudy-path", `${request.nextUrl.pathname}${request.nextUrl.search}`);
  return NextResponse.next({ request: { headers } });
}

export const config = { matcher: ["/studies/:path*", "/members/:path*"] };

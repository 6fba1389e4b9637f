import Link from "next/link";

export const metadata = { title: "Not found" };

export default function NotFoundPage() {
  return (
    <main className="lone-page">
      <h1>There is nothing at this address</h1>
      <p>
        The page, study or document does not exist, was removed, or belongs to another workspace. Check the address, or
        start from the list of studies.
      </p>
      <Link href="/studies">Go to studies</Link>
    </main>
  );
}
